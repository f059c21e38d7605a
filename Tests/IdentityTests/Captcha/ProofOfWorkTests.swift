import Cryptography
import JSON
import OAuth
import Testing

@testable import Identity

@Suite("B025: the puzzle, made and checked")
struct ProofOfWorkTests {
    private let work = ProofOfWork(key: Array(repeating: 3, count: 32), maximum: 500, random: SystemRandom())
    private let here = CaptchaPlace.at(.signUp)

    @Test("A puzzle has the members of ALTCHA's protocol, and its solution is taken until it expires")
    func wholeWay() throws {
        let puzzle = try work.puzzle(for: here, at: Door.noon)
        #expect(puzzle.keys == ["algorithm", "challenge", "maxnumber", "salt", "signature"])
        #expect(puzzle["algorithm"] == "SHA-256" && puzzle["maxnumber"] == 500)
        #expect(puzzle["salt"]?.stringValue?.hasSuffix("?expires=\(Door.noon.seconds + 600)&") == true)
        let payload = Solver.payload(puzzle, ["took": 812])
        guard case .solved(let solution) = work.check(payload, at: here, Door.noon + 599) else {
            Issue.record("not taken")
            return
        }
        #expect(solution.expiresAt == Door.noon + 600)
        #expect(work.check(payload, at: here, Door.noon + 600) == .expired)
        #expect(work.check(payload, at: here, Instant(seconds: .max)) == .expired)
    }

    @Test("No two puzzles are alike, and their numbers lie all over the range (CR4)")
    func chance() throws {
        let puzzles = try (0..<60).map { _ in try work.puzzle(for: here, at: Door.noon) }
        #expect(Set(puzzles.compactMap { $0["challenge"]?.stringValue }).count == 60)
        let numbers = puzzles.compactMap(Solver.number)
        #expect(numbers.count == 60 && numbers.contains { $0 < 170 } && numbers.contains { $0 > 330 })
    }

    @Test("A solution is good at its own form in its own browser alone, and under its own key")
    func bound() throws {
        let payload = Solver.payload(try work.puzzle(for: here, at: Door.noon))
        for other in [CaptchaPlace.at(.recovery), .at(.signIn), .at(.magicLink), .at(.signUp, browser: 2)] {
            #expect(work.check(payload, at: other, Door.noon) == .refused(.notGenuine))
        }
        let stranger = ProofOfWork(key: Array(repeating: 4, count: 32), maximum: 500, random: SystemRandom())
        #expect(stranger.check(payload, at: here, Door.noon) == .refused(.notGenuine))
        #expect(work.check(payload, at: .at(.signUp, from: "198.51.100.1"), Door.noon) != .refused(.notGenuine))
    }

    @Test("What is altered is refused, the largest number included: it never was part of what is believed")
    func altered() throws {
        let puzzle = try work.puzzle(for: here, at: Door.noon)
        let other = try work.puzzle(for: here, at: Door.noon)
        let number = try #require(Solver.number(of: puzzle))
        let salt = try #require(puzzle["salt"]?.stringValue)
        let cases: [([String: JSONValue?], CaptchaFault)] = [
            (["number": .integer(number + 1)], .wrong), (["number": .integer(.max)], .wrong),
            (["salt": other["salt"]], .wrong),
            (["salt": .string(salt.replacing("expires=1", with: "expires=9"))], .wrong),
            (["challenge": other["challenge"]], .notGenuine), (["signature": other["signature"]], .notGenuine),
            (["challenge": other["challenge"], "signature": other["signature"]], .wrong),
            (["signature": .string(String(repeating: "0", count: 64))], .notGenuine),
            (["challenge": .string(String(repeating: "0", count: 64))], .notGenuine),
        ]
        for (changes, fault) in cases {
            #expect(work.check(Solver.payload(puzzle, changes), at: here, Door.noon) == .refused(fault), "\(changes)")
        }
        for maximum: JSONValue in [1, -1, .integer(.max), "x", nil] {
            let payload = Solver.payload(puzzle, ["maxnumber": maximum])
            #expect(work.check(payload, at: here, Door.noon) != .refused(.wrong))
        }
    }

    @Test("Figures of the number are never read as figures of the expiry (CVE-2025-68113)")
    func splicing() throws {
        for _ in 0..<40 {
            let puzzle = try work.puzzle(for: here, at: Door.noon)
            let figures = try #require(Solver.number(of: puzzle).map(String.init))
            guard figures.count > 1, let rest = Int64(figures.dropFirst()), String(rest) == figures.dropFirst() else {
                continue
            }
            let salt = try #require(puzzle["salt"]?.stringValue) + figures.prefix(1)
            let changes: [String: JSONValue?] = ["salt": .string(salt), "number": .integer(rest)]
            #expect(work.check(Solver.payload(puzzle, changes), at: here, Door.noon) == .refused(.malformed))
        }
    }

    @Test("What cannot be read is refused and nothing traps (IN10)", arguments: Self.unreadable)
    func malformed(payload: String) throws {
        #expect(work.check(payload, at: here, Door.noon) == .refused(.malformed))
    }

    @Test("However it is mutated, a payload never passes for another and never traps (IN10)", arguments: 1...4)
    func mutated(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(max(1, bound)))
        }
        let good = Solver.payload(try work.puzzle(for: here, at: Door.noon))
        let json = try #require(Base64.decode(good))
        for _ in 0..<1500 {
            var bytes = json
            for _ in 0...next(3) {
                switch next(4) {
                case 0: bytes[next(bytes.count)] = UInt8(next(256))
                case 1: bytes.remove(at: next(bytes.count))
                case 2: bytes.insert(UInt8(next(256)), at: next(bytes.count))
                default: bytes = Array(bytes.prefix(next(bytes.count))) + bytes.suffix(next(bytes.count))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            guard case .solved(let solution) = work.check(Base64.encode(bytes), at: here, Door.noon) else { continue }
            // White space or a member that nobody reads may have changed, nothing that counts.
            guard case .solved(let original) = work.check(good, at: here, Door.noon) else { return }
            #expect(solution == original)
        }
    }

    private static let unreadable: [String] = {
        let digest = JSONValue.string(String(repeating: "a", count: 64))
        let good: JSONObject = [
            "algorithm": "SHA-256", "challenge": digest, "signature": digest, "number": 1,
            "salt": "0123456789abcdef01234567?expires=1800000600&",
        ]
        let changes: [(String, JSONValue?)] = [
            ("algorithm", "SHA-1"), ("algorithm", "sha-256"), ("algorithm", nil), ("algorithm", 256),
            ("challenge", nil), ("challenge", ""), ("challenge", .string(String(repeating: "A", count: 64))),
            ("challenge", .string(String(repeating: "é", count: 32))), ("signature", 1), ("signature", "a"),
            ("number", nil), ("number", -1), ("number", .real(1.5)), ("number", "1"), ("number", .real(1e300)),
            ("salt", nil), ("salt", "0123456789abcdef01234567?expires=1800000600"),
            ("salt", "0123456789abcdef01234567?expires=&"), ("salt", "?expires=1800000600&"),
            ("salt", "0123456789abcdef01234567?expires=99999999999999999999&"),
            ("salt", "0123456789abcdef01234567?expires=-1&"),
            ("salt", "0123456789abcdef01234567?expires=1800000600&x&"),
            ("salt", .string(String(repeating: "0", count: 1500))), ("salt", []),
        ]
        let objects = changes.map { name, value in
            var object = good
            object[name] = value
            return Base64.encode(object.bytes())
        }
        let whole = Base64.encode(good.bytes())
        let texts: [String] = [
            "x", "=", "====", "{}", "null", String(whole.dropLast()), whole + "=", " " + whole, whole + "\n",
            Base64.encode(Array("{}".utf8)), Base64.encode(Array("[]".utf8)), Base64.encode(Array("null".utf8)),
            Base64.encode(Array("{\"algorithm\":\"SHA-256\",\"algorithm\":\"SHA-256\"}".utf8)),
            Base64.encode([0xFF, 0xFE, 0x00]), Base64.encode(Array(String(repeating: "[", count: 900).utf8)),
            String(repeating: "A", count: 60_000), String(repeating: "🐦", count: 700),
        ]
        return objects + texts
    }()
}

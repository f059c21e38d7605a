import Identity
import OAuth
import Testing

@Suite("B108: codes of an authenticator app, RFC 4226 and RFC 6238")
struct TOTPTests {
    private let seed = Array("12345678901234567890".utf8)
    private let now = Instant(seconds: 1_800_000_000)

    @Test(
        "RFC 4226 D: the published codes of the first ten counts",
        arguments: [
            (0, "755224"), (1, "287082"), (2, "359152"), (3, "969429"), (4, "338314"), (5, "254676"), (6, "287922"),
            (7, "162583"), (8, "399871"), (9, "520489"),
        ] as [(Int64, String)])
    func counts(count: Int64, code: String) throws {
        #expect(try TOTP.code(of: seed, step: count) == code)
    }

    @Test(
        "RFC 6238 B: the published codes of eight digits, and the six that end them",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func times(seconds: Int64, code: String) throws {
        let step = TOTP.step(at: Instant(seconds: seconds))
        #expect(try TOTP.code(of: seed, step: step, digits: 8) == code)
        #expect(try TOTP.code(of: seed, step: step) == String(code.suffix(6)))
    }

    @Test("B108: a clock may be off by one step either way, and by no more", arguments: Int64(-3)...3)
    func drift(steps: Int64) throws {
        let step = TOTP.step(at: now) + steps
        let verdict = try TOTP.check(TOTP.code(of: seed, step: step), seed: seed, after: 0, at: now)
        #expect(verdict == (abs(steps) <= 1 ? .right(step: step) : .wrong))
    }

    @Test("MF2: of the last accepted step and those before it nothing is accepted again", arguments: Int64(-1)...1)
    func used(steps: Int64) throws {
        let current = TOTP.step(at: now)
        let code = try TOTP.code(of: seed, step: current + steps)
        let verdict = try TOTP.check(code, seed: seed, after: current, at: now)
        #expect(verdict == (steps == 1 ? .right(step: current + 1) : .used))
    }

    @Test("A code may be typed in groups")
    func groups() throws {
        let step = TOTP.step(at: now)
        let code = try TOTP.code(of: seed, step: step)
        for typed in [" \(code.prefix(3)) \(code.suffix(3)) ", "\(code.prefix(3))-\(code.suffix(3))"] {
            #expect(try TOTP.check(typed, seed: seed, after: 0, at: now) == .right(step: step), "\(typed)")
        }
    }

    @Test(
        "What cannot be a code is wrong",
        arguments: ["", " ", "12345", "1234567", "abcdef", "１２３４５６", "-12345", String(repeating: "0", count: 100_000)])
    func refused(text: String) throws {
        #expect(try TOTP.check(text, seed: seed, after: 0, at: now) == .wrong)
    }

    @Test("A time before the epoch traps nothing")
    func extremes() throws {
        for seconds in [Int64.min, -1, 0, .max] {
            #expect(try TOTP.check("000000", seed: seed, after: .max, at: Instant(seconds: seconds)) != .right(step: 0))
        }
    }
}

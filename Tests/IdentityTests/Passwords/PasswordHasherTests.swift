import Cryptography
import Foundation
import Identity
import Testing

@Suite("PW5, PW6, PW10: hashing passwords", .timeLimit(.minutes(5)))
struct PasswordHasherTests {
    @Test("PW5: a hash is Argon2id with at least 19 MiB and two passes, salted each time")
    func argon2id() async throws {
        let hasher = try PasswordHasher(threads: 1)
        let first = try await hasher.hash("vexing grumbles")
        let second = try await hasher.hash("vexing grumbles")
        #expect(first.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(first != second)
        #expect(try await hasher.isValid("vexing grumbles", hash: first))
        #expect(try await !hasher.isValid("vexing grumblez", hash: first))
        #expect(!hasher.needsRehash(first))
    }

    @Test("PW5: a hash of other parameters is to be made anew, and is still good until then")
    func rehash() async throws {
        let weak = try PasswordHasher(scheme: Argon2idScheme(Argon2idParameters(memoryKiB: 64, passes: 1)), threads: 1)
        let hasher = try PasswordHasher(threads: 1)
        let old = try await weak.hash("vexing grumbles")
        #expect(hasher.needsRehash(old))
        #expect(try await hasher.isValid("vexing grumbles", hash: old))
    }

    @Test("D6: a password is the same in whatever way its characters were composed")
    func normalised() async throws {
        let hasher = try PasswordHasher(scheme: CountingScheme())
        let hash = try await hasher.hash("Grüße \u{FB01}nden")
        #expect(try await hasher.isValid("Gru\u{308}ße finden", hash: hash))
        #expect(try await !hasher.isValid("Grusse finden", hash: hash))
    }

    @Test("PW1: every byte counts, also beyond the 72nd and the NUL")
    func nothingIsCut() async throws {
        let hasher = try PasswordHasher(threads: 1)
        let long = String(repeating: "x", count: 72)
        let hash = try await hasher.hash(long + "a\0b")
        #expect(try await hasher.isValid(long + "a\0b", hash: hash))
        for other in [long, long + "a", long + "b", long + "a\0", long + "a\0c"] {
            #expect(try await !hasher.isValid(other, hash: hash))
        }
    }

    @Test("PW1: a password over 1024 bytes is not hashed, and never right")
    func tooLong() async throws {
        let scheme = CountingScheme()
        let hasher = try PasswordHasher(scheme: scheme)
        let long = String(repeating: "x", count: 1024)
        let hash = try await hasher.hash(long)
        #expect(try await hasher.isValid(long, hash: hash))
        #expect(try await !hasher.isValid(long + "x", hash: hash))
        await #expect(throws: CryptographyError.self) { try await hasher.hash(long + "x") }
    }

    @Test("PW10: without a hash the hash of nobody is compared, once, and the answer is no")
    func nobody() async throws {
        let scheme = CountingScheme()
        let hasher = try PasswordHasher(scheme: scheme)
        let hash = try await hasher.hash("vexing grumbles")
        #expect(scheme.comparisons.isEmpty)

        let tries: [(String, String?)] = [
            ("vexing grumbles", nil), ("", nil), ("vexing grumbles", "!"), ("vexing grumbles", ""),
            (String(repeating: "x", count: 2000), hash), (String(repeating: "x", count: 2000), nil),
        ]
        for (password, hash) in tries {
            #expect(try await !hasher.isValid(password, hash: hash))
        }
        #expect(scheme.comparisons.count == tries.count)
        #expect(Set(scheme.comparisons).count == 1)
        #expect(scheme.comparisons.first != hash)
        #expect(scheme.comparisons.allSatisfy { !scheme.needsRehash($0) })
    }

    @Test("PW6: when the line is full the next one is refused at once, and nobody in it is lost")
    func overflow() async throws {
        let scheme = CountingScheme()
        let hasher = try PasswordHasher(scheme: scheme, threads: 2, queuePerThread: 3)
        let hash = try await hasher.hash("vexing grumbles")
        let gate = CountingScheme.Gate()
        scheme.close(with: gate)

        let join = { @Sendable in Task { try await hasher.isValid("vexing grumbles", hash: hash) } }
        let running = [join(), join()]
        var begun = gate.begun.makeAsyncIterator()
        await begun.next()
        await begun.next()
        let waiting = (0..<6).map { _ in join() }
        while !hasher.isFull { await Task.yield() }
        for _ in 0..<3 {
            await #expect(throws: PasswordHasher.Busy(retryAfter: 2)) { try await hasher.isValid("x", hash: hash) }
            await #expect(throws: PasswordHasher.Busy.self) { try await hasher.isValid("x", hash: nil) }
            await #expect(throws: PasswordHasher.Busy.self) { try await hasher.hash("x") }
        }

        gate.open(times: 8)
        for task in running + waiting {
            #expect(try await task.value)
        }
        #expect(scheme.comparisons.count == 8)
        #expect(!hasher.isFull)
    }

    @Test("PW6: stopping answers everybody who waits, lets finish what runs, and refuses whoever comes later")
    func stopping() async throws {
        let scheme = CountingScheme()
        let hasher = try PasswordHasher(scheme: scheme, threads: 1, queuePerThread: 2)
        let gate = CountingScheme.Gate()
        scheme.close(with: gate)
        let running = Task { try await hasher.isValid("x", hash: nil) }
        var begun = gate.begun.makeAsyncIterator()
        await begun.next()
        let waiting = (0..<2).map { _ in Task { try await hasher.hash("x") } }
        while !hasher.isFull { await Task.yield() }

        hasher.stop()
        for task in waiting {
            await #expect(throws: PasswordHasher.Stopped.self) { try await task.value }
        }
        await #expect(throws: PasswordHasher.Stopped.self) { try await hasher.hash("x") }
        gate.open(times: 1)
        #expect(try await !running.value)
        hasher.stop()
        #expect(scheme.comparisons.count == 1)
    }

    @Test("PW6: passwords are hashed on threads of their own, which give way to all others")
    func niceness() async throws {
        struct Telling: PasswordScheme {
            func hash(_ password: [UInt8]) throws -> String {
                String(getpriority(Int32(PRIO_PROCESS.rawValue), 0))
            }
            func isValid(_ password: [UInt8], hash: String) -> Bool { false }
            func canRead(_ hash: String) -> Bool { false }
            func needsRehash(_ hash: String) -> Bool { false }
        }
        let before = getpriority(Int32(PRIO_PROCESS.rawValue), 0)
        let hasher = try PasswordHasher(scheme: Telling(), threads: 1)
        #expect(try await hasher.hash("x") == "10")
        #expect(getpriority(Int32(PRIO_PROCESS.rawValue), 0) == before)
    }

    @Test("A hasher that is let go takes its threads along")
    func letGo() async throws {
        weak var scheme: CountingScheme?
        do {
            let counting = CountingScheme()
            scheme = counting
            _ = try await PasswordHasher(scheme: counting, threads: 4).hash("x")
        }
        while scheme != nil { await Task.yield() }
    }

    @Test("PW6: threads and places are at least one each, whatever is set")
    func oddNumbers() async throws {
        let hasher = try PasswordHasher(scheme: CountingScheme(), threads: -3, queuePerThread: 0)
        let hash = try await hasher.hash("x")
        #expect(try await hasher.isValid("x", hash: hash))
    }
}

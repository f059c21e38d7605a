import Identity
import Synchronization
import Testing

@Suite("PW10: wrong passwords take as long as the dearest imported hash")
struct PatienceTests {
    /// Remembers until when somebody was to wait, and lets them go at once.
    private final class Waits: Sendable {
        private let ends = Mutex<[ContinuousClock.Instant]>([])
        var count: Int { ends.withLock { $0.count } }
        var last: ContinuousClock.Instant? { ends.withLock { $0.last } }
        func note(_ end: ContinuousClock.Instant) { ends.withLock { $0.append(end) } }
    }

    private func hasher(_ waits: Waits) throws -> (PasswordHasher, Patience) {
        let patience = Patience { waits.note($0) }
        return (try PasswordHasher(threads: 1, patience: patience), patience)
    }

    private static let dear = "pbkdf2-sha256:400000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    private static let cheap = "pbkdf2-sha256:1000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    @Test("Without imported hashes nobody waits")
    func none() async throws {
        let waits = Waits()
        let (hasher, patience) = try hasher(waits)
        #expect(try await !hasher.isValid("wrong", hash: nil))
        try await hasher.learn(costs: [])
        #expect(try await !hasher.isValid("wrong", hash: "!"))
        #expect(waits.count == 0 && patience.span == .zero)
    }

    @Test("With some, every no waits as long as the dearest takes: of nobody, of ours, of any scheme; a yes does not")
    func everyNo() async throws {
        let waits = Waits()
        let (hasher, patience) = try hasher(waits)
        try await hasher.learn(costs: [Self.cheap, Self.dear])
        #expect(patience.span > .milliseconds(20))
        let ours = try await hasher.hash("vexing grumbles")
        for hash in [nil, "!", ours, Self.cheap, Self.dear, "unknown:scheme"] {
            let begun = ContinuousClock.now
            let count = waits.count
            #expect(try await !hasher.isValid("wrong", hash: hash))
            #expect(waits.count == count + 1)
            let end = try #require(waits.last)
            #expect(end >= begun + patience.span)
        }
        let count = waits.count
        #expect(try await hasher.isValid("vexing grumbles", hash: ours))
        #expect(waits.count == count)
    }

    @Test("A password with two spellings waits for both, whoever it is tried on (D6)")
    func spellings() async throws {
        let waits = Waits()
        let (hasher, patience) = try hasher(waits)
        try await hasher.learn(costs: [Self.dear])
        for hash in [nil, Self.cheap] {
            let begun = ContinuousClock.now
            #expect(try await !hasher.isValid("\u{FB01}sh", hash: hash))
            #expect(try #require(waits.last) >= begun + patience.span * 2)
        }
    }

    @Test("What is gone is forgotten; what cannot be read is not waited for, and nobody waits without end")
    func forgotten() async throws {
        let (hasher, patience) = try hasher(Waits())
        try await hasher.learn(costs: [Self.dear])
        let span = patience.span
        try await hasher.learn(costs: [Self.dear])
        #expect(patience.span == span)
        try await hasher.learn(costs: [Self.cheap])
        #expect(patience.span < span)
        try await hasher.learn(costs: ["unknown:x", "", "pbkdf2-sha256:999999999$AAAA$AAAA"])
        #expect(patience.span == .zero)
        #expect(span < .seconds(4))
    }
}

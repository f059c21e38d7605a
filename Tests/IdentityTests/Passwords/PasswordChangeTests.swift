import Identity
import OAuth
import TestSupport
import Testing

@Suite("PW11: changing a password")
struct PasswordChangeTests {
    private let new = "tumbling turnips"

    private func change(
        _ door: Door, _ session: Session, current: String = Door.password, to new: String, at now: Instant = Door.noon
    ) async throws -> PasswordChange.Outcome {
        let request = PasswordChange.Request(
            session: session, current: current, new: new, network: ClientNetwork("203.0.113.7"))
        return try await door.change.change(request, at: now)
    }

    @Test("PW11: the new password counts from then on, the old one never again, and other sessions end")
    func changed() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let mine = try await door.open(for: ann, browser: 1)
        let other = try await door.open(for: ann, browser: 2)
        let outcome = try await change(door, mine.session, to: new)
        #expect(outcome.sessionsEnded == 1)
        let kept = try #require(outcome.kept)
        #expect(try await door.sessions.current(kept.secret.plaintext, at: Door.noon) == kept.session)
        #expect(try await door.sessions.current(mine.secret.plaintext, at: Door.noon) == nil)
        #expect(try await change(door, mine.session, current: new, to: "mumbling parsnips").said == .wrong)
        #expect(try await door.sessions.current(other.secret.plaintext, at: Door.noon) == nil)
        #expect(try await door.attempt() == .wrong)
        #expect(try await door.attempt("ann@example.org", new).isSignedIn)
        #expect(door.audit.events.contains { $0.kind == .passwordChanged && $0.subject == ann.id })
    }

    @Test("PW11: without the current password nothing changes", arguments: ["wrong", "", "tumbling turnips"])
    func wrongPassword(_ current: String) async throws {
        let door = try await Door()
        let ann = try await door.person()
        let mine = try await door.open(for: ann, browser: 1)
        let other = try await door.open(for: ann, browser: 2)
        #expect(try await change(door, mine.session, current: current, to: new).said == .wrong)
        #expect(try await door.sessions.current(other.secret.plaintext, at: Door.noon) != nil)
        #expect(try await door.attempt().isSignedIn)
        #expect(door.audit.events.first?.details["purpose"] == "password_change")
    }

    @Test("PW3: a refused new password costs no attempt and no hash")
    func refused() async throws {
        let door = try await Door()
        let mine = try await door.open(for: try await door.person())
        for _ in 0..<20 {
            #expect(try await change(door, mine.session, to: "short").problem == .tooShort(minimum: 15))
            #expect(try await change(door, mine.session, to: "passwordpassword").problem == .common)
            #expect(try await change(door, mine.session, to: "ann@example.org1").problem == .personal)
        }
        #expect(door.scheme.comparisons.isEmpty)
        #expect(try await change(door, mine.session, to: new).sessionsEnded == 0)
    }

    @Test("PW7: guesses here and at sign-in fill one lane")
    func oneLane() async throws {
        let door = try await Door()
        let mine = try await door.open(for: try await door.person())
        for _ in 0..<5 {
            #expect(try await change(door, mine.session, current: "wrong", to: new).said == .wrong)
            #expect(try await door.attempt("ann@example.org", "wrong") == .wrong)
        }
        #expect(try await change(door, mine.session, to: new).said == .throttled(retryAfter: 900))
        #expect(try await door.attempt().isThrottled)
    }

    @Test("PW11: an account without a password cannot be given one in this way")
    func noPassword() async throws {
        let door = try await Door()
        let mine = try await door.open(for: try await door.person(password: nil))
        #expect(try await change(door, mine.session, current: "", to: new).said == .wrong)
        #expect(door.scheme.comparisons.count == 1)
    }

    @Test("SE6: a session whose person is gone or disabled changes nothing")
    func goneOrDisabled() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let mine = try await door.open(for: ann)
        #expect(try await door.store.setStatus(.disabled, of: ann.id, at: Door.noon))
        #expect(try await change(door, mine.session, to: new).said == .wrong)
        #expect(try await door.store.account(id: ann.id)?.passwordHash == ann.passwordHash)
    }

    @Test("IN3: of two simultaneous changes one is made")
    func simultaneous() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let mine = try await door.open(for: ann)
        async let first = change(door, mine.session, to: "tumbling turnips")
        async let second = change(door, mine.session, to: "mumbling parsnips")
        let outcomes = try await [first, second]
        #expect(outcomes.count { $0.sessionsEnded == 0 } == 1)
        #expect(outcomes.contains { $0.said == .wrong })
    }

    @Test("PW6: a full line is told, and nothing is changed")
    func busy() async throws {
        let door = try await Door(threads: 1, queuePerThread: 1)
        let ann = try await door.person()
        let mine = try await door.open(for: ann)
        let gate = CountingScheme.Gate()
        door.scheme.close(with: gate)
        let running = Task { try await door.hasher.hash("x") }
        var begun = gate.begun.makeAsyncIterator()
        await begun.next()
        let waiting = Task { try await door.hasher.hash("x") }
        while !door.hasher.isFull { await Task.yield() }
        #expect(try await change(door, mine.session, to: new).said == .busy(retryAfter: 2))
        gate.open(times: 10)
        _ = try await (running.value, waiting.value)
        #expect(try await door.store.account(id: ann.id)?.passwordHash == ann.passwordHash)
    }

    @Test("CF3: a request prints without its passwords")
    func redacted() async throws {
        let door = try await Door()
        let mine = try await door.open(for: try await door.person())
        let request = PasswordChange.Request(session: mine.session, current: "one", new: "two", network: .unknown)
        #expect("\(request)" == "password change from unknown")
    }
}

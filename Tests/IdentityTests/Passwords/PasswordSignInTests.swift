import Identity
import OAuth
import TestSupport
import Testing

@Suite("PW5, PW10: signing in with a password")
struct PasswordSignInTests {
    @Test("Whoever knows the password is signed in, however the address is spelled")
    func rightPassword() async throws {
        let door = try await Door()
        let ann = try await door.person()
        for spelling in ["ann@example.org", "Ann@Example.ORG", " ann@example.org "] {
            #expect(try await door.attempt(spelling) == .signedIn(ann))
        }
        #expect(door.audit.kinds == [.signIn, .signIn, .signIn])
        #expect(door.audit.events.allSatisfy { $0.subject == ann.id && $0.details["method"] == "pwd" })
    }

    @Test("PW10: nobody, nonsense, a wrong password, a disabled account and one without a password look the same")
    func oneAnswer() async throws {
        let door = try await Door()
        try await door.person()
        try await door.person("off@example.org", status: .disabled)
        try await door.person("none@example.org", password: nil)
        let tries = [
            ("ann@example.org", "wrong"), ("ann@example.org", ""), ("nobody@example.org", Door.password),
            ("off@example.org", Door.password), ("none@example.org", Door.password), ("none@example.org", ""),
            ("", Door.password), ("@", Door.password), ("ann@example.org\0", Door.password), ("ann", Door.password),
            (String(repeating: "a@", count: 30_000), Door.password), ("ann@example.org", Door.password + "\0"),
            ("ann@example.org", String(repeating: "x", count: 5000)), ("' OR 1=1 --@example.org", Door.password),
        ]
        for (number, (email, password)) in tries.enumerated() {
            let outcome = try await door.attempt(email, password, from: "198.51.\(number).1")
            #expect(outcome == .wrong, "\(email.prefix(40))")
        }
        #expect(door.audit.kinds == Array(repeating: .signInRefused, count: tries.count))
    }

    @Test("PW10: whoever is tried, one hash is computed, with today's parameters")
    func oneHash() async throws {
        let door = try await Door()
        try await door.person()
        try await door.person("off@example.org", status: .disabled)
        try await door.person("none@example.org", password: nil)
        for email in ["ann@example.org", "nobody@example.org", "off@example.org", "none@example.org", "", "@@"] {
            let before = door.scheme.comparisons.count
            _ = try await door.attempt(email, "wrong")
            #expect(door.scheme.comparisons.count == before + 1, "\(email)")
        }
        #expect(door.scheme.comparisons.allSatisfy { !door.scheme.needsRehash($0) })
    }

    @Test("CF3: neither what was typed nor whom it named is logged; what happened is")
    func auditing() async throws {
        let door = try await Door()
        let ann = try await door.person()
        _ = try await door.attempt("ann@example.org", "a wrong secret")
        _ = try await door.attempt("nobody@example.org", "a wrong secret")
        _ = try await door.attempt("a wrong secret", "ann@example.org")
        let events = door.audit.events
        #expect(events.map(\.subject) == [ann.id, nil, nil])
        #expect(events.map { $0.details["reason"] } == ["wrong_password", "unknown_account", "unknown_account"])
        #expect(events.allSatisfy { $0.details["network"] == "203.0.113.0/24" })
        #expect(!String(describing: events).contains("secret"))
        #expect(!String(describing: events).contains("example.org"))
    }

    @Test("CF3: an attempt prints without its password")
    func redacted() {
        let attempt = PasswordAttempt(
            email: "ann@example.org", password: "secret", browser: Door.browser(1), network: .unknown)
        #expect(!"\(attempt)".contains("secret"))
    }

    @Test("PW5: a hash with other parameters is made anew at sign-in, and only when the password is right")
    func rehash() async throws {
        let door = try await Door()
        let old = try CountingScheme(name: "yesterday").hash(Array(Door.password.utf8))
        let ann = try await door.person(password: nil)
        #expect(try await door.store.replacePasswordHash(of: ann.id, from: nil, to: old, at: Door.noon))

        #expect(try await door.attempt("ann@example.org", "wrong") == .wrong)
        #expect(try await door.store.account(id: ann.id)?.passwordHash == old)

        #expect(try await door.attempt().isSignedIn)
        let new = try #require(try await door.store.account(id: ann.id)?.passwordHash)
        #expect(!door.hasher.needsRehash(new))
        #expect(try await door.attempt().isSignedIn)
    }

    @Test("SE6: whoever is disabled while the hash is computed is not signed in")
    func disabledMeanwhile() async throws {
        let door = try await Door(threads: 1)
        let ann = try await door.person()
        let outcome = try await attemptHeld(door) {
            _ = try await door.store.setStatus(.disabled, of: ann.id, at: Door.noon)
        }
        #expect(outcome == .wrong)
        #expect(door.audit.kinds == [.signInRefused])
        #expect(try await !door.store.isKnown(browser: Door.browser(1), of: ann.id))
    }

    @Test("PW11: a password that is changed while it is checked is no longer right")
    func changedMeanwhile() async throws {
        let door = try await Door(threads: 1)
        let ann = try await door.person()
        let new = try door.scheme.hash(Array("tumbling turnips".utf8))
        let outcome = try await attemptHeld(door) {
            _ = try await door.store.replacePasswordHash(of: ann.id, from: ann.passwordHash, to: new, at: Door.noon)
        }
        #expect(outcome == .wrong)
    }

    @Test("PW5: the same password hashed anew by another sign-in meanwhile is still right")
    func rehashedMeanwhile() async throws {
        let door = try await Door(threads: 1)
        let ann = try await door.person()
        let new = try CountingScheme(name: "another").hash(Array(Door.password.utf8))
        let outcome = try await attemptHeld(door) {
            _ = try await door.store.replacePasswordHash(of: ann.id, from: ann.passwordHash, to: new, at: Door.noon)
        }
        #expect(outcome.isSignedIn)
    }

    @Test("SE6: a password right when it was checked, and another when the session is to open, opens none")
    func changedBeforeEntering() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let new = try door.scheme.hash(Array("tumbling turnips".utf8))
        let outcome = try await door.attempt {
            _ = try await door.store.replacePasswordHash(of: ann.id, from: ann.passwordHash, to: new, at: Door.noon)
        }
        #expect(outcome == .wrong)
        #expect(try await door.store.sessions(of: ann.id, at: Door.noon).isEmpty)
        #expect(try await !door.store.isKnown(browser: Door.browser(1), of: ann.id))
        #expect(door.audit.kinds == [.signInRefused])
        #expect(door.audit.events.first?.details["reason"] == "changed_meanwhile")
    }

    @Test("PW5, SE6: a sign-in that hashes anew opens a session by the hash it has written")
    func rehashedByItself() async throws {
        let door = try await Door()
        let ann = try await door.person(password: nil)
        let old = try CountingScheme(name: "yesterday").hash(Array(Door.password.utf8))
        _ = try await door.store.replacePasswordHash(of: ann.id, from: nil, to: old, at: Door.noon)
        #expect(try await door.attempt().isSignedIn)
        #expect(try await door.store.sessions(of: ann.id, at: Door.noon).count == 1)
    }

    @Test("PW6: a full line is told at once, and uses up nobody's attempts")
    func busy() async throws {
        let door = try await Door(threads: 1, queuePerThread: 1)
        try await door.person()
        let gate = CountingScheme.Gate()
        door.scheme.close(with: gate)
        let running = Task { try await door.attempt("one@example.org") }
        var begun = gate.begun.makeAsyncIterator()
        await begun.next()
        let waiting = Task { try await door.attempt("two@example.org") }
        while !door.hasher.isFull { await Task.yield() }

        for _ in 0..<20 {
            #expect(try await door.attempt() == .busy(retryAfter: 2))
        }
        gate.open(times: 100)
        _ = try await (running.value, waiting.value)
        #expect(try await door.attempt().isSignedIn)
        #expect(door.audit.events.contains { $0.kind == .signInThrottled && $0.details["reason"] == "busy" })
    }

    /// Signs Ann in, with something happening while her password is being hashed.
    private func attemptHeld(
        _ door: Door, meanwhile happens: () async throws -> Void
    ) async throws -> PasswordOutcome {
        let gate = CountingScheme.Gate()
        door.scheme.close(with: gate)
        let attempt = Task { try await door.attempt() }
        var begun = gate.begun.makeAsyncIterator()
        await begun.next()
        try await happens()
        gate.open(times: 10)
        return try await attempt.value
    }
}

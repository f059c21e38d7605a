import Identity
import OAuth
import TestSupport
import Testing

@Suite("SE1-SE7, SE13: sessions")
struct SessionsTests {
    @Test("SE1: a session is found by its secret, of which storage keeps the digest")
    func found() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let opened = try await door.open(for: ann)
        let session = try #require(try await door.sessions.current(opened.secret.plaintext, at: Door.noon))
        #expect(session == opened.session)
        #expect(session.secret == opened.secret.digest)
        #expect(session.authentication().subject == ann.id)
        #expect(session.authentication().methods == ["pwd"])
        #expect(session.authentication().level == AuthenticationLevel.single)
        #expect(session.authentication().time == Door.noon)
        #expect(session.id != opened.secret.plaintext)
        #expect(!"\(opened)".contains(opened.secret.plaintext))
    }

    @Test("SE1: nothing but a session's secret finds a session")
    func notFound() async throws {
        let door = try await Door()
        let opened = try await door.open(for: try await door.person())
        let secret = opened.secret.plaintext
        let others = [
            nil, "", "mse_", secret + "A", String(secret.dropLast()), "mat_" + secret.dropFirst(4), secret.uppercased(),
            " " + secret, opened.session.id, secret + "\0", "mse_" + String(repeating: "A", count: 43),
        ]
        for presented in others {
            #expect(try await door.sessions.current(presented, at: Door.noon) == nil)
        }
    }

    @Test("SE2: each sign-in opens a session of its own and ends the one the browser brought along")
    func replaced() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let first = try await door.open(for: ann)
        let second = try await door.open(for: ann, replacing: first.secret.plaintext)
        #expect(first.secret.plaintext != second.secret.plaintext)
        #expect(first.session.id != second.session.id)
        #expect(try await door.sessions.current(first.secret.plaintext, at: Door.noon) == nil)
        #expect(try await door.sessions.current(second.secret.plaintext, at: Door.noon) != nil)
    }

    @Test("SE2: a secret that somebody planted in the browser never becomes a session")
    func planted() async throws {
        let door = try await Door()
        let planted = "mse_" + String(repeating: "A", count: 43)
        let opened = try await door.open(for: try await door.person(), replacing: planted)
        #expect(opened.secret.plaintext != planted)
        #expect(try await door.sessions.current(planted, at: Door.noon) == nil)
    }

    @Test("SE13: on one browser the second person's sign-in ends the first one's session")
    func twoPeople() async throws {
        let door = try await Door()
        let ann = try await door.open(for: try await door.person())
        let bob = try await door.open(
            for: try await door.person("bob@example.org"), replacing: ann.secret.plaintext)
        #expect(try await door.sessions.current(ann.secret.plaintext, at: Door.noon) == nil)
        #expect(
            try await door.sessions.current(bob.secret.plaintext, at: Door.noon)?.subject == bob.session.subject)
    }

    @Test("SE3: an unused session ends after 14 days")
    func idle() async throws {
        let door = try await Door()
        let opened = try await door.open(for: try await door.person())
        let secret = opened.secret.plaintext
        #expect(opened.session.idleUntil == Door.noon + 14 * 86400)
        #expect(try await door.sessions.current(secret, at: Door.noon + 14 * 86400) == nil)
        #expect(try await door.sessions.current(secret, at: Door.noon + (14 * 86400 - 1)) != nil)
        #expect(try await door.sessions.current(secret, at: Door.noon + 14 * 86400) != nil)
    }

    @Test("SE3: a session in daily use ends after 30 days all the same")
    func absolute() async throws {
        let door = try await Door()
        let secret = try await door.open(for: try await door.person()).secret.plaintext
        for day: Int64 in 1..<30 {
            #expect(try await door.sessions.current(secret, at: Door.noon + day * 86400) != nil)
        }
        #expect(try await door.sessions.current(secret, at: Door.noon + (30 * 86400 - 1)) != nil)
        #expect(try await door.sessions.current(secret, at: Door.noon + 30 * 86400) == nil)
    }

    @Test("SE3: lifetimes are settings, and never nothing or endless", arguments: [(10, 5), (5, 10), (0, 0), (-1, -1)])
    func lifetimes(_ absolute: Int64, _ idle: Int64) async throws {
        let door = try await Door(lifetimes: SessionLifetimes(absolute: absolute, idle: idle))
        let secret = try await door.open(for: try await door.person()).secret.plaintext
        let end = max(1, min(absolute, idle))
        #expect(try await door.sessions.current(secret, at: Door.noon + (end - 1)) != nil)
        #expect(try await door.sessions.current(secret, at: Door.noon + end) == nil)
    }

    @Test("Lifetimes beyond the end of time do not trap")
    func endless() async throws {
        let door = try await Door(lifetimes: SessionLifetimes(absolute: .max, idle: .max))
        let opened = try await door.open(for: try await door.person())
        #expect(opened.session.expiresAt == Instant(seconds: .max))
    }

    @Test("A session is written to at most once a minute")
    func touching() async throws {
        let door = try await Door()
        let secret = try await door.open(for: try await door.person()).secret.plaintext
        let lastSeen = { (now: Instant) in
            _ = try await door.sessions.current(secret, at: now)
            return try await door.sessions.current(secret, at: now)?.lastSeenAt
        }
        #expect(try await lastSeen(Door.noon + 59) == Door.noon)
        #expect(try await lastSeen(Door.noon + 60) == Door.noon + 60)
        #expect(try await lastSeen(Door.noon + 119) == Door.noon + 60)
        #expect(try await lastSeen(Door.noon + -3600) == Door.noon + 60)
    }

    @Test("SE5: a session that was ended is gone at once, and cannot be ended twice")
    func ended() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let opened = try await door.open(for: ann)
        #expect(try await door.sessions.end(opened.session.id, of: ann.id, as: .signOut, at: Door.noon))
        #expect(try await door.sessions.current(opened.secret.plaintext, at: Door.noon) == nil)
        #expect(try await !door.sessions.end(opened.session.id, of: ann.id, at: Door.noon))
        #expect(door.audit.kinds == [.signOut])
    }

    @Test("SE7, IN4: nobody ends somebody else's session")
    func notMine() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let bob = try await door.person("bob@example.org")
        let opened = try await door.open(for: ann)
        for subject in [bob.id, "", "nobody"] {
            #expect(try await !door.sessions.end(opened.session.id, of: subject, at: Door.noon))
        }
        #expect(try await door.sessions.list(of: bob.id, at: Door.noon).isEmpty)
        #expect(try await door.sessions.current(opened.secret.plaintext, at: Door.noon) != nil)
        #expect(door.audit.events.isEmpty)
    }

    @Test("SE7: a person sees live sessions, and ends all but the own")
    func endOthers() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let old = try await door.open(for: ann, browser: 1, at: Door.noon + -15 * 86400)
        let mine = try await door.open(for: ann, browser: 2)
        let other = try await door.open(for: ann, browser: 3, at: Door.noon + 1)
        let listed = try await door.sessions.list(of: ann.id, at: Door.noon + 1)
        #expect(listed.map(\.id) == [other.session.id, mine.session.id])
        #expect(!listed.contains { $0.id == old.session.id })
        let kept = try #require(try await door.sessions.endOthers(than: mine.session, at: Door.noon + 1))
        #expect(try await door.sessions.list(of: ann.id, at: Door.noon + 1) == [kept.session])
        #expect(kept.session.id == mine.session.id && kept.session.secret != mine.session.secret)
        #expect(try await door.sessions.endOthers(than: mine.session, at: Door.noon + 1) == nil)
        #expect(door.audit.kinds == [.sessionEnded])
    }

    @Test("SE6: a disabled person has no session, nor gets one back when enabled")
    func disabled() async throws {
        let door = try await Door()
        let ann = try await door.person()
        let secret = try await door.open(for: ann).secret.plaintext
        #expect(try await door.store.setStatus(.disabled, of: ann.id, at: Door.noon))
        #expect(try await door.sessions.current(secret, at: Door.noon) == nil)
        #expect(try await door.store.setStatus(.active, of: ann.id, at: Door.noon))
        #expect(try await door.sessions.current(secret, at: Door.noon) == nil)
    }
}

import Cryptography
import Identity
import OAuth
import Testing

@testable import Storage

@Suite("MF2, MF4, B100-B103, B108: proving a second factor")
struct SecondFactorTests {
    private let later = Door.noon + 3600

    @Test("MF5, B108: whoever has a factor is half in, and whole with the app's code, under a new secret")
    func whole() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let half = try await door.signIn(browser: 2, at: later)
        #expect(half.isHalf)
        #expect(half.expiresAt <= later + FactorPolicy.halfLifetime)
        let outcome = try await door.proving.prove(
            app.code(at: later), as: .totp, door.attempt(half, browser: 2), at: later)
        let opened = try #require(outcome.opened)
        let session = try #require(try await door.sessions.current(opened.secret.plaintext, at: later))
        #expect(!session.isHalf)
        #expect(session.id == half.id)
        #expect(session.secret != half.secret)
        #expect(session.proofs.classes == [.knowledge, .possession])
        #expect(session.authentication().level == AuthenticationLevel.double)
        #expect(session.authentication().methods == ["pwd", "otp", "mfa"])
        #expect(session.isFresh(at: later))
        #expect(session.expiresAt > later + FactorPolicy.halfLifetime)
        #expect(try await door.store.session(half.secret, at: later) == nil)
        #expect(door.audit.kinds.contains(.factorProven))
        #expect(outcome.remembered == nil)
    }

    @Test("MF2, B108: a code is good once, in whichever session, and those before it are dead with it")
    func once() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let (first, second) = (try await door.signIn(at: later), try await door.signIn(browser: 2, at: later))
        let code = try app.code(at: later)
        #expect(try await door.proving.prove(code, as: .totp, door.attempt(first), at: later).opened != nil)
        #expect(try await door.proving.prove(code, as: .totp, door.attempt(second, browser: 2), at: later).isWrong)
        let earlier = try app.code(at: later + -30)
        #expect(try await door.proving.prove(earlier, as: .totp, door.attempt(second, browser: 2), at: later).isWrong)
        #expect(door.reasons() == ["used", "used"])
        let next = try app.code(at: later + 30)
        #expect(
            try await door.proving.prove(next, as: .totp, door.attempt(second, browser: 2), at: later).opened != nil)
    }

    @Test("MF2: the code that set the app up is spent by that")
    func enrolled() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let half = try await door.signIn(browser: 2)
        let code = try app.code(at: Door.noon)
        #expect(try await door.proving.prove(code, as: .totp, door.attempt(half, browser: 2), at: Door.noon).isWrong)
    }

    @Test("IN3, MF2: of two hundred who come with one code at once, one gets in")
    func parallel() async throws {
        let door = try await FactorDoor(Self.patient)
        let app = try await door.app()
        let half = try await door.signIn(browser: 2, at: later)
        let code = try app.code(at: later)
        let count = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await door.proving.prove(code, as: .totp, door.attempt(half, browser: 2), at: later).opened
                        != nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 1)
    }

    private static var patient: FactorPolicy {
        var policy = FactorPolicy()
        policy.tries = FactorTries(limit: 1000, lockout: 900)
        return policy
    }

    @Test("MF4, B102: after five wrong codes the right one is refused, in every session; its person is told")
    func locked() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let (first, second) = (try await door.signIn(at: later), try await door.signIn(browser: 2, at: later))
        for number in 0..<5 {
            let attempt = number < 3 ? door.attempt(first) : door.attempt(second, browser: 2)
            let kind: SecondFactor.CodeKind = number == 1 ? .backupCode : .totp
            #expect(try await door.proving.prove("no code", as: kind, attempt, at: later).isWrong)
        }
        let right = try app.code(at: later)
        let outcome = try await door.proving.prove(right, as: .totp, door.attempt(second, browser: 2), at: later)
        #expect(outcome.retryAfter == 900)
        #expect(door.audit.kinds.filter { $0 == .factorLocked }.count == 1)
        #expect(try await door.gateway.letters(.factorLocked).count == 1)
        #expect(try await door.proving.choices(in: first, at: later).lockedUntil == later + 900)
    }

    @Test("B103, B111: after a quarter of an hour the right code is right, and forgets what was wrong before it")
    func afterLock() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let half = try await door.signIn(at: later)
        for _ in 0..<5 { _ = try await door.proving.prove("000", as: .totp, door.attempt(half), at: later) }
        let attempt = door.attempt(try await door.signIn(browser: 2, at: later + 899), browser: 2)
        let early = try await door.proving.prove(app.code(at: later + 899), as: .totp, attempt, at: later + 899)
        #expect(early.retryAfter == 1)
        let late = later + 930
        let opened = try await door.proving.prove(app.code(at: late), as: .totp, attempt, at: late).opened
        let whole = try #require(opened).session
        for _ in 0..<4 { _ = try await door.proving.prove("000", as: .totp, door.attempt(whole), at: late) }
        let next = late + 30
        #expect(
            try await door.proving.prove(app.code(at: next), as: .totp, door.attempt(whole), at: next).opened != nil)
    }

    @Test("B102: the right code as the last of the tries is right")
    func lastTry() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let half = try await door.signIn(at: later)
        for _ in 0..<4 { _ = try await door.proving.prove("000", as: .totp, door.attempt(half), at: later) }
        #expect(
            try await door.proving.prove(app.code(at: later), as: .totp, door.attempt(half), at: later).opened != nil)
        #expect(!door.audit.kinds.contains(.factorLocked))
        #expect(try await door.gateway.letters(.factorLocked).isEmpty)
        #expect(try await door.store.factorLock(of: door.ann.id, at: later) == nil)
    }

    @Test("SE2: in a session that has ended nothing is proven, and no code is spent")
    func ended() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let half = try await door.signIn(at: later)
        #expect(try await door.store.end(sessionID: half.id, of: door.ann.id, at: later))
        let code = try app.code(at: later)
        #expect(try await door.proving.prove(code, as: .totp, door.attempt(half), at: later).isEnded)
        let again = try await door.signIn(at: later)
        #expect(try await door.proving.prove(code, as: .totp, door.attempt(again), at: later).opened != nil)
    }

    @Test("B099: where second factors are off no code proves anything, and none is counted")
    func off() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let off = try await door.with { $0.isOn = false }
        let session = try await off.signIn(browser: 2, at: later)
        #expect(!session.isHalf)
        #expect(try await off.proving.choices(in: session, at: later).isEmpty)
        for _ in 0..<6 {
            #expect(
                try await off.proving.prove(app.code(at: later), as: .totp, door.attempt(session), at: later).isWrong)
        }
        let half = try await door.signIn(at: later)
        #expect(half.isHalf)
        #expect(
            try await door.proving.prove(app.code(at: later), as: .totp, door.attempt(half), at: later).opened != nil)
    }

    @Test("A kind that is switched off is neither offered nor taken")
    func kindOff() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let without = try await door.with { $0.kinds = [.passkey] }
        let half = try await without.signIn(at: later)
        #expect(half.isHalf)
        let choices = try await without.proving.choices(in: half, at: later)
        #expect(!choices.hasTOTP)
        #expect(choices.codesLeft == 10)
        #expect(try await without.proving.prove(app.code(at: later), as: .totp, door.attempt(half), at: later).isWrong)
        #expect(door.reasons() == ["not_offered"])
    }

    @Test("MF4: a session that ends with the last try leaves a lock that is told of all the same")
    func endedLast() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let half = try await door.signIn(at: later)
        for _ in 0..<4 { _ = try await door.proving.prove("000", as: .totp, door.attempt(half), at: later) }
        #expect(try await door.store.end(sessionID: half.id, of: door.ann.id, at: later))
        #expect(
            try await door.proving.prove(app.code(at: later), as: .totp, door.attempt(half), at: later).isEnded)
        #expect(door.audit.kinds.filter { $0 == .factorLocked }.count == 1)
        #expect(try await door.gateway.letters(.factorLocked).count == 1)
    }

    @Test("MF9: a right factor stops whoever gets back in without one; that is written down and told, once")
    func stopsRecovery() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        try await door.store.database.write { connection in
            _ = try connection.execute(
                "INSERT INTO factor_recoveries (account_id, asked_at, ready_at, expires_at) VALUES ($1, $2, $3, $4)",
                [.text(door.ann.id), .instant(later), .instant(later + 86_400), .instant(later + 9 * 86_400)])
        }
        let half = try await door.signIn(at: later)
        #expect(try await door.proving.prove("000", as: .totp, door.attempt(half), at: later).isWrong)
        #expect(!door.audit.kinds.contains(.factorRecoveryCancelled))
        var session = half
        for now in [later, later + 30] {
            let outcome = try await door.proving.prove(app.code(at: now), as: .totp, door.attempt(session), at: now)
            session = try #require(outcome.opened).session
        }
        #expect(try await door.store.factorRecovery(of: door.ann.id, at: later) == nil)
        let events = door.audit.events.filter { $0.kind == .factorRecoveryCancelled }
        #expect(events.map { $0.details["how"] } == ["factor_proven"])
        #expect(try await door.gateway.letters(.factorRecoveryCancelled).count == 1)
    }

    @Test("MF6, B099, B104: a session that was spared is half where nobody is spared any more, and whole with a factor")
    func sparedBefore() async throws {
        let door = try await FactorDoor()
        let app = try await door.app()
        let off = try await door.with { $0.isOn = false }
        let exempting = try await door.with { $0.exemptRoles = ["staff"] }
        let ann = Account(
            id: door.ann.id, email: door.ann.email, isEmailVerified: true, profile: door.ann.profile,
            roles: [Role("staff")], passwordHash: door.ann.passwordHash, createdAt: Door.noon, updatedAt: Door.noon)
        for (number, spared) in [(off, door.ann), (exempting, ann)].enumerated() {
            let now = later + Int64(number) * 60
            let arrival = Arrival(visitor: Door.visitor(2), presentedSession: nil, authorization: nil)
            let opened = try #require(
                try await spared.0.sessions.open(for: spared.1, method: Proof.password, from: arrival, at: now))
            let secret = opened.secret.plaintext
            #expect(try await spared.0.sessions.current(secret, at: now)?.isHalf == false)
            let half = try #require(try await door.sessions.current(secret, at: now))
            #expect(half.isHalf)
            let outcome = try await door.proving.prove(
                app.code(at: now), as: .totp, door.attempt(half, browser: 2), at: now)
            let whole = try #require(outcome.opened)
            #expect(try await door.sessions.current(whole.secret.plaintext, at: now + 1000)?.isHalf == false)
        }
    }
}

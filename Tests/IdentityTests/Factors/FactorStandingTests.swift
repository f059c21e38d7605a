import Identity
import OAuth
import Testing

@Suite("How people stand to second factors, for the dispatcher")
struct FactorStandingTests {
    private let later = Door.noon + 3600
    private typealias Level = AuthenticationLevel

    private func standing(
        _ door: FactorDoor, _ session: Session, for client: String = "app", at now: Instant? = nil
    ) async throws -> FactorStanding {
        try await door.standing.standing(of: session.authentication(), for: client, at: now ?? later)
    }

    @Test("Whoever has an app reaches two classes by it, and three levels by a passkey that could be set up")
    func enrolled() async throws {
        let door = try await FactorDoor()
        try await door.app()
        let standing = try await standing(door, try await door.signIn(at: later))
        #expect(standing.isEnrolled)
        #expect(standing.reachable == [Level.single, Level.double])
        #expect(standing.enrollable == [Level.single, Level.double, Level.resistant])
        #expect(!standing.mustEnrol)
    }

    @Test("Whoever has none reaches nothing more, and could set one up")
    func without() async throws {
        let door = try await FactorDoor()
        let standing = try await standing(door, try await door.signIn(at: later))
        #expect(!standing.isEnrolled)
        #expect(standing.reachable.isEmpty)
        #expect(standing.enrollable == [Level.single, Level.double, Level.resistant])
    }

    @Test("B109: a mailbox and a code by mail are one class; codes on paper are another")
    func oneMailbox() async throws {
        var policy = FactorPolicy()
        policy.kinds = [.mailCode]
        let door = try await FactorDoor(policy)
        let enrolling = try await door.signIn()
        #expect(try await door.mailbox(in: enrolling).session != nil)
        // By the backup codes that came along.
        let codes = try await door.signIn(method: Proof.email, at: later)
        #expect(try await standing(door, codes).reachable == [Level.single, Level.double])
        let password = try await door.signIn(at: later)
        #expect(try await standing(door, password).reachable == [Level.single, Level.double])
    }

    @Test("B114: on staff's word, or without a proven address, nothing can be set up")
    func vouched() async throws {
        let door = try await FactorDoor()
        let session = try await door.signIn(method: Proof.staffLink, at: later)
        #expect(try await standing(door, session).enrollable.isEmpty)
    }

    @Test("B099: where second factors are off there are none, but what is demanded stays demanded")
    func off() async throws {
        let door = try await FactorDoor()
        try await door.app()
        let off = try await door.with {
            $0.isOn = false
            $0.requiredRoles = ["*"]
            $0.grace = 0
        }
        #expect(try await standing(off, try await off.signIn(at: later)) == FactorStanding(canEnrol: false))
    }

    @Test("A factor is compulsory by role, app or for everybody once the grace period is over, till there is one")
    func compulsory() async throws {
        let door = try await FactorDoor()
        let session = try await door.signIn(at: later)
        let end = later + FactorPolicy().grace
        let everybody = try await door.with { $0.requiredRoles = ["*"] }
        #expect(!(try await standing(everybody, session, at: later).mustEnrol))
        #expect(!(try await standing(everybody, session, at: end + -1).mustEnrol))
        #expect(try await standing(everybody, session, at: end).mustEnrol)
        let app = try await door.with { $0.requiredClients = ["app"] }
        #expect(try await standing(app, session, at: end).mustEnrol)
        #expect(!(try await standing(app, session, for: "other", at: end).mustEnrol))
        let role = try await door.with { $0.requiredRoles = ["editor"] }
        #expect(!(try await standing(role, session, at: end).mustEnrol))
        let exempt = try await everybody.with { $0.exemptClients = ["app"] }
        #expect(!(try await standing(exempt, session, at: end).mustEnrol))
        try await everybody.app(at: end)
        #expect(!(try await standing(everybody, session, at: end).mustEnrol))
    }

    @Test("B109: whoever comes in by a mailbox alone has nothing to set up where there are only codes by mail")
    func nothingToSetUp() async throws {
        let door = try await FactorDoor()
        let session = try await door.signIn(method: Proof.email, at: later)
        let mail = try await door.with { $0.kinds = [.mailCode] }
        // Ann has a password of her own.
        #expect(try await standing(mail, session).canEnrol)
        let closed = try await door.with { $0.kinds = [] }
        #expect(!(try await standing(closed, session).canEnrol))
        let passwordless = FactorStandingRule(
            policy: mail.policy, store: door.store, accounts: door.store, takesPasswords: false)
        let found = try await passwordless.standing(of: session.authentication(), for: "app", at: later)
        #expect(!found.canEnrol && found.enrollable.isEmpty)
    }

    @Test("MF6: of nobody nothing is said; it is refused")
    func nobody() async throws {
        let door = try await FactorDoor()
        let nobody = Authentication(
            subject: "nobody", sessionID: "s", time: later, methods: ["pwd"], level: Level.single)
        await #expect(throws: FactorStandingRule.NobodyThere.self) {
            try await door.standing.standing(of: nobody, for: "app", at: later)
        }
    }
}

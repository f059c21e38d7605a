import Cryptography
import Identity
import OAuth
import Testing

@testable import Storage

/// The door with second factors, and Ann before it.
struct FactorDoor: Sendable {
    static let network = ClientNetwork("203.0.113.7")

    let gateway: Gateway
    let policy: FactorPolicy
    let sessions: Sessions
    let proving: SecondFactor
    let enrolment: FactorEnrolment
    let standing: FactorStandingRule
    let ann: Account

    var store: Store { gateway.door.store }
    var audit: CapturedAudit { gateway.door.audit }

    init(_ policy: FactorPolicy = FactorPolicy(), limits: MailLanes.Limits = .init()) async throws {
        let gateway = try await Gateway(limits: limits)
        try await self.init(policy, in: gateway, ann: try await gateway.door.person())
    }

    private init(_ policy: FactorPolicy, in gateway: Gateway, ann: Account) async throws {
        let (door, random) = (gateway.door, SystemRandom())
        let store = door.store
        let sessions = Sessions(
            store: store, factors: policy, postbox: gateway.postbox, random: random, audit: door.audit)
        let passkeys = Passkeys(
            issuer: "https://login.example.org", serviceName: "Martlet", policy: policy, store: store, accounts: store,
            sessions: sessions, key: Array(6..<38), random: random, audit: door.audit)
        let seal = try SealingKey(bytes: Array(7..<39))
        self.gateway = gateway
        self.policy = policy
        self.sessions = sessions
        self.ann = ann
        proving = SecondFactor(
            policy: policy, store: store, recoveries: store, accounts: store, letters: store, passkeys: passkeys,
            proofs: gateway.proofs, sessions: sessions, postbox: gateway.postbox, seal: seal, codeKey: Array(8..<40),
            random: random, audit: door.audit)
        enrolment = FactorEnrolment(
            policy: policy, serviceName: "Martlet", store: store, passkeys: passkeys, proofs: gateway.proofs,
            sessions: sessions, postbox: gateway.postbox, seal: seal, codeKey: Array(8..<40), random: random,
            audit: door.audit)
        standing = FactorStandingRule(policy: policy, store: store, accounts: store)
    }

    /// The same house with other settings.
    func with(_ change: (inout FactorPolicy) -> Void) async throws -> FactorDoor {
        var changed = policy
        change(&changed)
        return try await FactorDoor(changed, in: gateway, ann: ann)
    }

    /// Somebody comes in, and is as the store says they are: half, if they have a factor.
    func signIn(
        _ account: Account? = nil, method: String = Proof.password, browser: UInt8 = 1,
        remembered: OpaqueToken? = nil, at now: Instant = Door.noon
    ) async throws -> Session {
        let arrival = Arrival(
            visitor: Door.visitor(browser), presentedSession: nil, authorization: nil, remembered: remembered?.digest)
        let opened = try #require(
            try await sessions.open(for: account ?? ann, method: method, from: arrival, at: now))
        return try #require(try await sessions.current(opened.secret.plaintext, at: now))
    }

    func request(_ session: Session, of account: Account? = nil) -> FactorEnrolment.Request {
        FactorEnrolment.Request(session, of: account ?? ann, from: Door.visitor(), Self.network)
    }

    func attempt(_ session: Session, browser: UInt8 = 1, remembers: Bool = false) -> SecondFactor.Attempt {
        var attempt = SecondFactor.Attempt(session, from: Door.visitor(browser), Self.network)
        attempt.remembers = remembers
        return attempt
    }

    /// An app that somebody has set up.
    struct App {
        let seed: [UInt8]
        let codes: [String]
        /// That set it up.
        let session: Session

        func code(at now: Instant) throws -> String { try TOTP.code(of: seed, step: TOTP.step(at: now)) }
    }

    /// Ann sets one up, at noon unless it is said otherwise.
    @discardableResult
    func app(in session: Session? = nil, at now: Instant = Door.noon) async throws -> App {
        let asking: Session
        if let session { asking = session } else { asking = try await signIn(at: now) }
        let draft = try enrolment.beginTOTP(request(asking), at: now)
        let seed = try #require(Base32.decode(draft.key.filter { $0 != " " }))
        let code = try TOTP.code(of: seed, step: TOTP.step(at: now))
        let outcome = try await enrolment.addTOTP(draft.sealed, code: code, request(asking), at: now)
        return App(seed: seed, codes: outcome.codes, session: try #require(outcome.session))
    }

    /// Ann has codes mailed to her, beside or without the app.
    func mailbox(in session: Session, at now: Instant = Door.noon) async throws -> FactorEnrolment.Outcome {
        #expect(try await enrolment.sendCode(request(session), at: now))
        return try await enrolment.addMailCode(code: try await mailedCode(), request(session), at: now)
    }

    func mailedCode() async throws -> String {
        try #require(try await gateway.letters(.secondFactorCode).last?.code)
    }

    /// How often a code was refused, by the reasons that are written down.
    func reasons() -> [String] {
        audit.events.filter { $0.kind == .factorRefused }.compactMap { $0.details["reason"] }
    }
}

extension FactorEnrolment.Outcome {
    var session: Session? {
        if case .done(let opened, _) = self { opened.session } else { nil }
    }

    var codes: [String] {
        if case .done(_, let codes) = self { codes } else { [] }
    }

    var isWrong: Bool {
        if case .wrong = self { true } else { false }
    }

    var isNotFresh: Bool {
        if case .notFresh = self { true } else { false }
    }

    var isNotOffered: Bool {
        if case .notOffered = self { true } else { false }
    }

    var isGone: Bool {
        if case .gone = self { true } else { false }
    }
}

extension SecondFactor.Outcome {
    var opened: OpenedSession? {
        if case .proven(let opened, _) = self { opened } else { nil }
    }

    var remembered: OpaqueToken? {
        if case .proven(_, let token) = self { token } else { nil }
    }

    var isWrong: Bool {
        if case .wrong = self { true } else { false }
    }

    var isEnded: Bool {
        if case .ended = self { true } else { false }
    }

    var retryAfter: Int64? {
        if case .locked(let seconds) = self { seconds } else { nil }
    }
}

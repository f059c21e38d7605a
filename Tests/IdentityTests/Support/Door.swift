import Cryptography
import Foundation
import Identity
import OAuth
import Storage
import Testing

/// The room, furnished: everything of Identity on a real store in a file of its own, with a password scheme
/// that counts instead of costing.
final class Door: Sendable {
    static let noon = Instant(seconds: 1_800_000_000)
    static let password = "vexing grumbles"

    let folder: URL
    let store: Store
    let scheme: CountingScheme
    let audit = CapturedAudit()
    let hasher: PasswordHasher
    let throttle: Throttle
    let postbox: Postbox
    let check: PasswordCheck
    let signIn: PasswordSignIn
    let sessions: Sessions
    let change: PasswordChange
    let creation: AccountCreation
    let setup: FirstAdministrator
    let administration: Administration

    init(
        scheme: CountingScheme = CountingScheme(), threads: Int = 2, queuePerThread: Int = 64,
        limits: PasswordLanes.Limits = .init(), lifetimes: SessionLifetimes = .init()
    ) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "identity-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try await Store.open(sqlite: folder.appending(path: "door.db").path())
        let random = SystemRandom()
        postbox = try Postbox(key: Array(1...32), random: random)
        let rule = PasswordRule(service: ["Martlet", "login.example.org"])
        self.store = store
        self.scheme = scheme
        hasher = try PasswordHasher(scheme: scheme, threads: threads, queuePerThread: queuePerThread)
        throttle = Throttle(store: store, key: Array(repeating: 7, count: 32))
        check = PasswordCheck(
            accounts: store, browsers: store, lanes: PasswordLanes(throttle: throttle, limits: limits), hasher: hasher,
            audit: audit)
        sessions = Sessions(store: store, lifetimes: lifetimes, random: random, audit: audit)
        signIn = PasswordSignIn(
            check: check, accounts: store, hasher: hasher, sessions: sessions, audit: audit)
        change = PasswordChange(
            accounts: store, check: check, rule: rule, hasher: hasher, postbox: postbox, random: random, audit: audit)
        creation = AccountCreation(accounts: store, hasher: hasher, rule: rule, random: random, audit: audit)
        setup = FirstAdministrator(
            accounts: store, links: store, browsers: store, creation: creation, random: random, audit: audit)
        administration = Administration(
            accounts: store, store: store,
            surroundings: Surroundings(
                sessions: store, consents: store, grants: store, methods: store, preferences: store, upstream: store,
                factors: store),
            postbox: postbox, recovery: RecoveryOnBehalf(store: store, postbox: postbox, random: random),
            factors: store, audit: audit)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    @discardableResult
    func person(
        _ email: String = "ann@example.org", password: String? = Door.password, status: Account.Status = .active
    ) async throws -> Account {
        let account = Account(
            id: try Identifier.make(from: SystemRandom()), email: try #require(EmailAddress(email)),
            isEmailVerified: true, profile: Profile(name: "Ann"), status: status,
            passwordHash: try password.map { try scheme.hash(Array($0.utf8)) }, createdAt: Self.noon,
            updatedAt: Self.noon)
        guard try await store.create(account) else { throw AddressTaken() }
        return account
    }

    struct AddressTaken: Error {}

    func attempt(
        _ email: String = "ann@example.org", _ password: String = Door.password, browser: UInt8 = 1,
        from address: String = "203.0.113.7", at now: Instant = Door.noon,
        beforeEntering meanwhile: () async throws -> Void = {}
    ) async throws -> PasswordOutcome {
        let attempt = PasswordAttempt(
            email: email, password: password, browser: Self.browser(browser), network: ClientNetwork(address))
        let outcome = try await signIn.attempt(attempt, at: now)
        guard case .signedIn(let account) = outcome else { return outcome }
        try await meanwhile()
        let arrival = Arrival(visitor: Self.visitor(browser), presentedSession: nil, authorization: nil)
        switch try await signIn.enter(account, from: arrival, attempt.network, at: now) {
        case .opened: return outcome
        case .refused(let refusal): return .refused(refusal)
        }
    }

    func open(
        for account: Account, browser: UInt8 = 1, replacing presented: String? = nil, at now: Instant = Door.noon
    ) async throws -> OpenedSession {
        let arrival = Arrival(visitor: Self.visitor(browser), presentedSession: presented, authorization: nil)
        return try #require(
            try await sessions.open(
                for: account, method: PasswordSignIn.method, from: arrival,
                at: now))
    }

    static func browser(_ number: UInt8) -> TokenDigest {
        TokenDigest(bytes: SHA256.digest([number]))
    }

    static func visitor(_ number: UInt8 = 1) -> Visitor {
        Visitor(browser: browser(number), device: "Firefox on Linux", address: "203.0.113.7")
    }
}

extension PasswordOutcome {
    var isSignedIn: Bool {
        if case .signedIn = self { true } else { false }
    }

    var isThrottled: Bool {
        if case .refused(let refusal) = self, case .throttled = refusal.answer { true } else { false }
    }

    static let wrong = Self.refused(.saying(.wrong))
    static func throttled(retryAfter: Int64) -> Self { .refused(.saying(.throttled(retryAfter: retryAfter))) }
    static func busy(retryAfter: Int64) -> Self { .refused(.saying(.busy(retryAfter: retryAfter))) }
}

extension PasswordChange.Outcome {
    /// `nil` unless the password was changed.
    var sessionsEnded: Int? {
        if case .changed(_, let count) = self { count } else { nil }
    }

    var kept: OpenedSession? {
        if case .changed(let kept, _) = self { kept } else { nil }
    }

    /// What is said of the current password; `nil` when it was right.
    var said: PasswordRefusal.Answer? {
        if case .denied(let refusal) = self { refusal.answer } else { nil }
    }

    var problem: PasswordProblem? {
        if case .refused(let problem) = self { problem } else { nil }
    }
}

extension PasswordRefusal {
    /// To compare with: what the person is told.
    static func saying(_ answer: Answer) -> Self {
        PasswordRefusal(answer, Finding(.credentials, seen: "", expected: "", repair: ""))
    }
}

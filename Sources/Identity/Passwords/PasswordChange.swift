import Cryptography
import OAuth

/// A person who is signed in sets another password (PW11), or a first one.
package struct PasswordChange: Sendable {
    package struct Request: Sendable, CustomStringConvertible {
        /// The session that asks; it stays, under a new secret.
        package let session: Session
        package let current: String
        package let new: String
        package let network: ClientNetwork
        package let endsOthers: Bool

        package init(
            session: Session, current: String = "", new: String, network: ClientNetwork, endsOthers: Bool = true
        ) {
            self.session = session
            self.current = current
            self.new = new
            self.network = network
            self.endsOthers = endsOthers
        }

        package var description: String { "password change from \(network)" }
    }

    package enum Outcome: Sendable {
        case changed(OpenedSession, sessionsEnded: Int)
        /// The current password opened nothing.
        case denied(PasswordRefusal)
        case refused(PasswordProblem)
        /// A first password, and the person did not prove who they are a moment ago.
        case notFresh
    }

    private let accounts: any AccountStore
    private let check: PasswordCheck
    private let rule: PasswordRule
    private let hasher: PasswordHasher
    private let postbox: Postbox
    private let random: any RandomSource
    private let audit: any AuditLog

    package init(
        accounts: any AccountStore, check: PasswordCheck, rule: PasswordRule, hasher: PasswordHasher, postbox: Postbox,
        random: any RandomSource, audit: any AuditLog
    ) {
        self.accounts = accounts
        self.check = check
        self.rule = rule
        self.hasher = hasher
        self.postbox = postbox
        self.random = random
        self.audit = audit
    }

    /// The current password is asked for although the person is signed in, and counted like a sign-in: a
    /// browser left open must not become a way to guess or to take the account.
    package func change(_ request: Request, at now: Instant) async throws -> Outcome {
        guard let account = try await accounts.account(id: request.session.subject) else {
            return Self.changedMeanwhile(request)
        }
        if let problem = rule.problem(with: request.new, for: account) { return .refused(problem) }

        let attempt = PasswordAttempt(
            email: account.email.canonical, password: request.current, browser: request.session.browser,
            network: request.network)
        switch try await check.check(attempt, for: .passwordChange, at: now) {
        case .refused(let refusal): return .denied(refusal)
        case .right(let proven): return try await replace(proven, request, at: now)
        }
    }

    /// For somebody who signs in another way. A session alone is not enough: it must have been proven a moment ago
    /// (B018). Where there is a password by now, it is not replaced.
    package func setFirst(_ request: Request, at now: Instant) async throws -> Outcome {
        guard let account = try await accounts.account(id: request.session.subject), account.passwordHash == nil,
            account.status == .active
        else { return Self.changedMeanwhile(request) }
        guard request.session.isFresh(at: now) else { return .notFresh }
        if let problem = rule.problem(with: request.new, for: account) { return .refused(problem) }
        return try await replace(account, request, at: now)
    }

    private static func changedMeanwhile(_ request: Request) -> Outcome {
        .denied(PasswordRefusal(.wrong, .changedMeanwhile, subject: request.session.subject))
    }

    private func replace(_ account: Account, _ request: Request, at now: Instant) async throws -> Outcome {
        // An address can pass from one person to another between the two look-ups.
        guard account.id == request.session.subject else { return Self.changedMeanwhile(request) }
        let new: String
        do {
            new = try await hasher.hash(request.new)
        } catch let refusal as PasswordHasher.Busy {
            return .denied(
                PasswordRefusal(
                    .busy(retryAfter: refusal.retryAfter), .hashingBusy, subject: request.session.subject))
        }
        let visitor = Visitor(
            browser: request.session.browser, device: request.session.device, address: request.network.address)
        let letter = try postbox.seal(.passwordChanged(of: account, by: visitor, at: now), at: now)
        let kept = try OpenedSession(keeping: request.session, random)
        let replacement = PasswordReplacement(
            from: account.passwordHash, to: new, keeping: KeptSession(request.session, as: kept.session.secret),
            endsOthers: request.endsOthers)
        guard let ended = try await accounts.changePassword(replacement, mailing: letter, at: now) else {
            return Self.changedMeanwhile(request)
        }
        let how = account.passwordHash == nil ? "first" : "changed"
        audit.record(
            AuditEvent(
                .passwordChanged, subject: account.id, details: ["how": how, "network": request.network.prefix]))
        if ended > 0 {
            let details = ["count": String(ended), "reason": "password_changed"]
            audit.record(AuditEvent(.sessionEnded, subject: account.id, details: details))
        }
        return .changed(kept, sessionsEnded: ended)
    }
}

extension PasswordRule {
    /// With the words that belong to a person: names, username, address.
    package func problem(with password: String, for account: Account) -> PasswordProblem? {
        let profile = account.profile
        let names = [profile.name, profile.givenName, profile.familyName, profile.preferredUsername].compactMap { $0 }
        return problem(with: password, personal: [account.email.canonical] + names)
    }
}

extension Letter {
    /// Told whenever a password was set, whichever way (B075).
    static func passwordChanged(of account: Account, by visitor: Visitor, at now: Instant) -> Letter {
        Letter(
            .passwordChanged, to: account.email, about: account.id, name: account.profile.name,
            secondPath: "/recovery", facts: facts(about: visitor, at: now), expiresAt: now + newsLifetime)
    }
}

import OAuth

/// A person who is signed in sets another password (PW11).
package struct PasswordChange: Sendable {
    package struct Request: Sendable, CustomStringConvertible {
        /// The session that asks; it alone stays.
        package let session: Session
        package let current: String
        package let new: String
        package let network: ClientNetwork

        package init(session: Session, current: String, new: String, network: ClientNetwork) {
            self.session = session
            self.current = current
            self.new = new
            self.network = network
        }

        package var description: String { "password change from \(network)" }
    }

    package enum Outcome: Sendable, Equatable {
        case changed(sessionsEnded: Int)
        /// The current password opened nothing.
        case denied(PasswordRefusal)
        case refused(PasswordProblem)
    }

    private let accounts: any AccountStore
    private let check: PasswordCheck
    private let rule: PasswordRule
    private let hasher: PasswordHasher
    private let audit: any AuditLog

    package init(
        accounts: any AccountStore, check: PasswordCheck, rule: PasswordRule, hasher: PasswordHasher,
        audit: any AuditLog
    ) {
        self.accounts = accounts
        self.check = check
        self.rule = rule
        self.hasher = hasher
        self.audit = audit
    }

    /// The current password is asked for although the person is signed in, and counted like a sign-in: a
    /// browser left open must not become a way to guess or to take the account.
    package func change(_ request: Request, at now: Instant) async throws -> Outcome {
        guard let account = try await accounts.account(id: request.session.subject) else {
            return Self.changedMeanwhile(request)
        }
        let personal = [account.email.canonical, account.profile.name ?? ""]
        if let problem = rule.problem(with: request.new, personal: personal) { return .refused(problem) }

        let attempt = PasswordAttempt(
            email: account.email.canonical, password: request.current, browser: request.session.browser,
            network: request.network)
        switch try await check.check(attempt, for: .passwordChange, at: now) {
        case .refused(let refusal): return .denied(refusal)
        case .right(let proven): return try await replace(proven, request, at: now)
        }
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
        let ended = try await accounts.changePassword(
            of: account.id, from: account.passwordHash, to: new, keeping: request.session.id, at: now)
        guard let ended else { return Self.changedMeanwhile(request) }
        audit.record(AuditEvent(.passwordChanged, subject: account.id, details: ["network": request.network.prefix]))
        if ended > 0 {
            let details = ["count": String(ended), "reason": "password_changed"]
            audit.record(AuditEvent(.sessionEnded, subject: account.id, details: details))
        }
        return .changed(sessionsEnded: ended)
    }
}

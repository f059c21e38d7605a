import OAuth

/// Signing in with a password, in two steps: who somebody is, and the session. Between them the caller may have
/// something else to ask.
package struct PasswordSignIn: Sendable {
    /// `amr`, RFC 8176 §2.
    package static let method = Proof.password

    private let check: PasswordCheck
    private let accounts: any AccountStore
    private let hasher: PasswordHasher
    private let sessions: Sessions
    private let audit: any AuditLog

    package init(
        check: PasswordCheck, accounts: any AccountStore, hasher: PasswordHasher, sessions: Sessions,
        audit: any AuditLog
    ) {
        self.check = check
        self.accounts = accounts
        self.hasher = hasher
        self.sessions = sessions
        self.audit = audit
    }

    package func attempt(_ attempt: PasswordAttempt, at now: Instant) async throws -> PasswordOutcome {
        switch try await check.check(attempt, for: .signIn, at: now) {
        case .refused(let refusal): return .refused(refusal)
        case .right(let account) where account.deletion != nil: return .leaving(account)
        case .right(let account):
            guard let current = try await rehash(attempt.password, of: account, at: now) else {
                return .refused(changedMeanwhile(account.id, attempt.network))
            }
            return current.isEmailVerified ? .signedIn(current) : .unverified(current)
        }
    }

    /// Opens the session of somebody who was `signedIn`: a new one always (SE2). Whoever was disabled since, or set
    /// another password, is not let in by what was right a moment ago (SE6).
    package func enter(
        _ account: Account, from arrival: Arrival, _ network: ClientNetwork, at now: Instant
    ) async throws -> PasswordEntrance {
        let opened = try await sessions.open(for: account, method: account.passwordMethod, from: arrival, at: now)
        guard let opened else { return .refused(changedMeanwhile(account.id, network)) }
        let details = ["method": Self.method, "network": network.prefix]
        audit.record(AuditEvent(.signIn, subject: account.id, details: details))
        return .opened(opened)
    }

    /// Only here is the password at hand to be hashed with today's parameters (PW5). A full line puts it off
    /// until the next sign-in. The account with the hash that the password is proven against by now; `nil` when the
    /// password was changed meanwhile, which stays as it is.
    private func rehash(_ password: String, of account: Account, at now: Instant) async throws -> Account? {
        guard let old = account.passwordHash, hasher.needsRehash(old) else { return account }
        do {
            let new = try await hasher.hash(password)
            let isReplaced = try await accounts.replacePasswordHash(of: account.id, from: old, to: new, at: now)
            guard let current = try await accounts.account(id: account.id) else { return nil }
            if isReplaced, current.passwordHash == new { return current }
            // Somebody was faster: the same person in another window, or whoever set another password.
            return try await hasher.isValid(password, hash: current.passwordHash) ? current : nil
        } catch is PasswordHasher.Busy {
            return account
        }
    }

    private func changedMeanwhile(_ subject: String, _ network: ClientNetwork) -> PasswordRefusal {
        let details = [
            "reason": "changed_meanwhile", "purpose": PasswordCheck.Purpose.signIn.rawValue, "network": network.prefix,
        ]
        audit.record(AuditEvent(.signInRefused, subject: subject, details: details))
        return PasswordRefusal(.wrong, .changedMeanwhile, subject: subject)
    }
}

/// How opening the session ended.
package enum PasswordEntrance: Sendable {
    case opened(OpenedSession)
    case refused(PasswordRefusal)
}

/// How an attempt ended.
package enum PasswordOutcome: Sendable, Equatable {
    case signedIn(Account)
    /// The password was right, but nobody has proven to read the mail of the address: no session for it (B023).
    case unverified(Account)
    /// The password is right, and the account deleted by its person, who can still come back. Nobody is signed in.
    case leaving(Account)
    case refused(PasswordRefusal)
}

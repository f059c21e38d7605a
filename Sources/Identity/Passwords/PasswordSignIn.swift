import OAuth

/// Signing in with a password. Says who somebody is; opening the session is the caller's next step.
package struct PasswordSignIn: Sendable {
    /// `amr`, RFC 8176 §2.
    package static let method = "pwd"

    private let check: PasswordCheck
    private let accounts: any AccountStore
    private let hasher: PasswordHasher
    private let audit: any AuditLog

    package init(
        check: PasswordCheck, accounts: any AccountStore, hasher: PasswordHasher, audit: any AuditLog
    ) {
        self.check = check
        self.accounts = accounts
        self.hasher = hasher
        self.audit = audit
    }

    package func attempt(_ attempt: PasswordAttempt, at now: Instant) async throws -> PasswordOutcome {
        switch try await check.check(attempt, for: .signIn, at: now) {
        case .refused(let refusal): return .refused(refusal)
        case .right(let account) where account.deletion != nil: return .leaving(account)
        case .right(let account):
            try await rehash(attempt.password, of: account, at: now)
            guard account.isEmailVerified else { return .unverified(account) }
            let details = ["method": Self.method, "network": attempt.network.prefix]
            audit.record(AuditEvent(.signIn, subject: account.id, details: details))
            return .signedIn(account)
        }
    }

    /// Only here is the password at hand to be hashed with today's parameters (PW5). A full line puts it off
    /// until the next sign-in; a password changed meanwhile stays as it is.
    private func rehash(_ password: String, of account: Account, at now: Instant) async throws {
        guard let old = account.passwordHash, hasher.needsRehash(old) else { return }
        do {
            let new = try await hasher.hash(password)
            _ = try await accounts.replacePasswordHash(of: account.id, from: old, to: new, at: now)
        } catch is PasswordHasher.Busy {
            return
        }
    }
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

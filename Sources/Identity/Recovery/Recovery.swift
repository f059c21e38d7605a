import Cryptography
import OAuth

/// A forgotten password: a mail to the address, and a new password for whoever reads it (PW12).
///
/// It opens no session. Whoever set a new password signs in with it like anybody else, so that every later check, a
/// second factor included, stays on the one path (MF6).
package struct Recovery: Sendable {
    package enum Outcome: Sendable, Equatable {
        case done(Account)
        /// The link was not spent: the form can be sent again.
        case refused(Account, PasswordProblem)
        case busy(Account, retryAfter: Int64)
        /// Unknown, expired, spent, superseded, or its account is not what it was.
        case dead
    }

    /// What came of a code.
    package enum CodeOutcome: Sendable {
        case right(OpaqueToken)
        /// Or there is nothing it could be right for: whoever types it is not told which (PW10).
        case wrong
        /// Only the link is left.
        case locked
    }

    private let accounts: any AccountStore
    private let store: any MailProofStore & RecoveryStore
    private let proofs: MailProofs
    private let postbox: Postbox
    private let rule: PasswordRule
    private let hasher: PasswordHasher
    private let random: any RandomSource
    private let audit: any AuditLog

    package init(
        accounts: any AccountStore, store: any MailProofStore & RecoveryStore, proofs: MailProofs, postbox: Postbox,
        rule: PasswordRule, hasher: PasswordHasher, random: any RandomSource, audit: any AuditLog
    ) {
        self.accounts = accounts
        self.store = store
        self.proofs = proofs
        self.postbox = postbox
        self.rule = rule
        self.hasher = hasher
        self.random = random
        self.audit = audit
    }

    /// Asks for the mail. Nobody learns whether it goes: an address that is unknown, or whose account is disabled, is
    /// worked on alike (PW10). One that was never proven gets it: reading it proves the address.
    ///
    /// - Parameter query: what follows the link's token, to find the paused request again.
    package func begin(
        for address: EmailAddress, query: String, from visitor: Visitor, network: ClientNetwork, at now: Instant
    ) async throws {
        let account = try await accounts.account(canonicalEmail: address.canonical)
        var request = MailProofs.Request(
            .recovery, letter: .recovery, to: account?.email ?? address, of: account,
            isMailed: account.map(Self.isRecoverable) ?? false)
        request.name = account?.profile.name
        request.facts = Letter.facts(about: visitor, at: now)
        request.query = query
        _ = try await proofs.begin(request, browser: visitor.browser, network: network, at: now)
    }

    /// A right code, typed in the browser that asked, is exchanged for a link; nothing is spent (MF5: the form for the
    /// password is reached by a proof, and asks for it again).
    package func link(code: String, browser: TokenDigest, at now: Instant) async throws -> CodeOutcome {
        switch try await proofs.proof(code: code, for: .recovery, browser: browser, at: now) {
        case .right(let proof): return try await proofs.link(for: proof, at: now).map { .right($0) } ?? .wrong
        case .wrong, .nothing: return .wrong
        case .locked: return .locked
        }
    }

    /// Whose password a link may set. Looking spends nothing: a GET asks this (ML3).
    package func account(link presented: String, at now: Instant) async throws -> Account? {
        try await live(presented, at: now)?.account
    }

    /// Spends the link and sets the password.
    package func finish(
        link presented: String, password: String, from visitor: Visitor, at now: Instant
    ) async throws -> Outcome {
        guard let (proof, account) = try await live(presented, at: now) else { return .dead }
        if let problem = rule.problem(with: password, for: account) { return .refused(account, problem) }
        let hash: String
        do {
            hash = try await hasher.hash(password)
        } catch let refusal as PasswordHasher.Busy {
            return .busy(account, retryAfter: refusal.retryAfter)
        }
        let reset = PasswordReset(
            link: proof.link, accountID: account.id, address: proof.address, newHash: hash, browser: visitor.browser)
        let letter = try postbox.seal(.passwordChanged(of: account, by: visitor, at: now), at: now)
        guard let done = try await store.resetPassword(reset, mailing: letter, at: now) else { return .dead }
        audit.record(AuditEvent(.passwordReset, subject: account.id))
        if done.sessionsEnded > 0 {
            let details = ["count": String(done.sessionsEnded), "reason": "password_reset"]
            audit.record(AuditEvent(.sessionEnded, subject: account.id, details: details))
        }
        return .done(account)
    }

    /// Active ones, and those whose person deleted them and may come back. What an operator switched off stays off.
    static func isRecoverable(_ account: Account) -> Bool {
        account.status == .active || account.deletion?.actor == .person
    }

    private func live(_ presented: String, at now: Instant) async throws -> (proof: MailProof, account: Account)? {
        guard let proof = try await proofs.proof(link: presented, for: .recovery, at: now), let id = proof.accountID,
            let account = try await accounts.account(id: id), Self.isRecoverable(account),
            account.email.canonical == proof.address.canonical
        else { return nil }
        return (proof, account)
    }
}

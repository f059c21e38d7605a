import Cryptography
import OAuth

/// Coming back to an account that one has deleted, while the time of grace runs (B029, B088).
///
/// Whoever has just proven that it is theirs gets an offer: a secret for this browser, good once and for ten minutes.
/// Taking it up is a decision of its own; signing in by itself brings nothing back.
package struct ComeBack: Sendable {
    /// What was proven, by whom, where: an offer is good for nothing else, nor once the password that was proven is
    /// another. Whose it is comes first: what ends an account's access finds it by that.
    package struct Claim: Sendable {
        package let accountID: String
        /// As in `amr`.
        package let method: String
        package let browser: TokenDigest

        package init(accountID: String, method: String, browser: TokenDigest) {
            self.accountID = accountID
            self.method = method
            self.browser = browser
        }

        fileprivate func binding(_ hash: String?) -> String {
            let proven = Hex.encode(SHA256.digest(Array((hash ?? "").utf8)))
            return "\(accountID) \(method) \(Hex.encode(browser.bytes)) \(proven)"
        }
    }

    package enum Outcome: Sendable {
        /// Active again, and signed in.
        case back(OpenedSession)
        /// Active again; but nobody has ever proven to read the mail of the address, which comes first (B023).
        case unverified(Account)
    }

    /// Seconds.
    private static let lifetime: Int64 = 600

    private let accounts: any AccountStore
    private let store: any DeletionStore
    private let offers: any OneTimeStore
    private let sessions: Sessions
    private let postbox: Postbox
    private let random: any RandomSource
    private let audit: any AuditLog
    private let grace: Int64

    package init(
        accounts: any AccountStore, store: any DeletionStore, offers: any OneTimeStore, sessions: Sessions,
        postbox: Postbox, random: any RandomSource, audit: any AuditLog, grace: Int64
    ) {
        self.accounts = accounts
        self.store = store
        self.offers = offers
        self.sessions = sessions
        self.postbox = postbox
        self.random = random
        self.audit = audit
        self.grace = grace
    }

    /// - Parameter hash: what the password was compared with.
    package func offer(_ claim: Claim, proven hash: String?, at now: Instant) async throws -> OpaqueToken {
        let secret = try OpaqueToken(.comeBack, from: random)
        try await offers.keep(
            OneTimeArtefact(
                kind: .comeBack, digest: secret.digest, binding: claim.binding(hash), expiresAt: now + Self.lifetime),
            superseding: true)
        return secret
    }

    /// `nil`, and nothing happens, when the offer is spent, too old or another's, the password another since, or the
    /// time of grace over.
    package func accept(
        _ presented: String, _ claim: Claim, from arrival: Arrival, at now: Instant
    ) async throws -> Outcome? {
        guard let offer = OpaqueToken(.comeBack, presented: presented)?.digest,
            let account = try await accounts.account(id: claim.accountID), account.canReturn(within: grace, at: now)
        else { return nil }
        let letter = Letter(
            .accountRestored, to: account.email, about: account.id, name: account.profile.name, path: "/account",
            facts: Letter.facts(about: arrival.visitor, at: now), expiresAt: now + Letter.newsLifetime)
        let method = claim.method == PasswordSignIn.method ? account.passwordMethod : claim.method
        let (opened, opening) = try sessions.prepareOpening(for: account, method: method, from: arrival, at: now)
        let comeback = Restoration(
            accountID: account.id, deletedAfter: now + -grace, offer: offer,
            binding: claim.binding(account.passwordHash), provenHash: account.passwordHash,
            opening: account.isEmailVerified ? opening : nil)
        guard try await store.restore(comeback, mailing: [try postbox.seal(letter, at: now)], at: now) else {
            return nil
        }
        audit.record(AuditEvent(.accountRestored, subject: account.id, details: ["method": claim.method]))
        guard account.isEmailVerified else {
            return try await accounts.account(id: account.id).map(Outcome.unverified)
        }
        audit.record(AuditEvent(.signIn, subject: account.id, details: ["method": claim.method]))
        try await sessions.recordWaiver(of: opening, at: now)
        return .back(opened)
    }
}

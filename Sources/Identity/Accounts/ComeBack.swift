import Cryptography
import OAuth

/// Coming back to an account that one has deleted, while the time of grace runs (B029, B088).
///
/// Whoever has just proven that it is theirs gets an offer: a secret for this browser, good once and for ten minutes.
/// Taking it up is a decision of its own; signing in by itself brings nothing back.
package struct ComeBack: Sendable {
    /// What was proven, by whom, where: an offer is good for nothing else.
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

        fileprivate var binding: String { "\(method) \(Hex.encode(browser.bytes)) \(accountID)" }
    }

    /// Seconds.
    private static let lifetime: Int64 = 600

    private let accounts: any AccountStore
    private let store: any DeletionStore
    private let offers: any OneTimeStore
    private let postbox: Postbox
    private let random: any RandomSource
    private let audit: any AuditLog
    private let grace: Int64

    package init(
        accounts: any AccountStore, store: any DeletionStore, offers: any OneTimeStore, postbox: Postbox,
        random: any RandomSource, audit: any AuditLog, grace: Int64
    ) {
        self.accounts = accounts
        self.store = store
        self.offers = offers
        self.postbox = postbox
        self.random = random
        self.audit = audit
        self.grace = grace
    }

    package func offer(_ claim: Claim, at now: Instant) async throws -> OpaqueToken {
        let secret = try OpaqueToken(.comeBack, from: random)
        try await offers.keep(
            OneTimeArtefact(
                kind: .comeBack, digest: secret.digest, binding: claim.binding, expiresAt: now + Self.lifetime),
            superseding: true)
        return secret
    }

    /// The account, active again; `nil` when the offer is spent, too old or another's, or the time of grace is over.
    package func accept(
        _ presented: String, _ claim: Claim, from visitor: Visitor, at now: Instant
    ) async throws -> Account? {
        guard let offer = OpaqueToken(.comeBack, presented: presented)?.digest,
            let account = try await accounts.account(id: claim.accountID), account.canReturn(within: grace, at: now)
        else { return nil }
        let letter = Letter(
            .accountRestored, to: account.email, about: account.id, name: account.profile.name, path: "/account",
            facts: Letter.facts(about: visitor, at: now), expiresAt: now + Letter.newsLifetime)
        let isRestored = try await store.restore(
            account.id, deletedAfter: now + -grace, spending: offer, binding: claim.binding,
            mailing: [try postbox.seal(letter, at: now)], at: now)
        guard isRestored else { return nil }
        audit.record(AuditEvent(.accountRestored, subject: account.id, details: ["method": claim.method]))
        return try await accounts.account(id: account.id)
    }
}

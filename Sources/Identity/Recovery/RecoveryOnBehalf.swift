import Cryptography
import OAuth

/// A recovery that somebody who runs the server starts for a person: the link goes to the person's mailbox alone, and
/// nobody else sees it or picks a password (PW13). Good in any browser, without a code, for a day (ML13).
package struct RecoveryOnBehalf: Sendable {
    /// How long the link is good, in seconds.
    package static let lifetime: Int64 = 86_400

    private let store: any MailProofStore
    private let postbox: Postbox
    private let random: any RandomSource

    package init(store: any MailProofStore, postbox: Postbox, random: any RandomSource) {
        self.store = store
        self.postbox = postbox
        self.random = random
    }

    /// `false`, and no mail, for an account that may not be recovered. Should it be disabled a moment later, its link
    /// is dead: whoever opens one asks for the account again.
    package func begin(for account: Account, at now: Instant) async throws -> Bool {
        guard Recovery.isRecoverable(account) else { return false }
        let link = try OpaqueToken(.mailLink, from: random)
        let expiresAt = now + Self.lifetime
        let letter = Letter(
            .recoveryStarted, to: account.email, about: account.id, name: account.profile.name,
            path: "/\(MailProof.Purpose.recovery.pathSegment)/\(link.plaintext)", expiresAt: expiresAt)
        // No code, and no browser that waits for one.
        let nobody = TokenDigest(bytes: try random.bytes(32))
        let proof = MailProof(
            link: link.digest, code: nobody, purpose: .recovery, accountID: account.id, address: account.email,
            browser: nobody, createdAt: now, expiresAt: expiresAt)
        try await store.begin(proof, with: .init(letters: [postbox.seal(letter, at: now)]), at: now)
        return true
    }
}

import OAuth

/// Signing in by a link from a mail or from staff, in storage. Each verb is one transaction.
package protocol MagicLinkStore: Sendable {
    /// Spends the link and opens the session, or does nothing: the link unspent, unexpired, of this purpose and for this
    /// account, which is active, has the address that was written to, and passes the gate. Of any number of simultaneous
    /// calls for one link exactly one opens a session (ML1). Where a mailbox is proven for the first time, what was set
    /// up before is gone, a password too (ML9).
    func signIn(_ entry: MagicLinkEntry, at now: Instant) async throws -> MagicLinkEntry.Outcome

    /// Spends a link for somebody who deleted the account and will be asked whether to come back. `false` when it is dead.
    func spend(link: TokenDigest, for purpose: MailProof.Purpose, at now: Instant) async throws -> Bool

    /// What became of a link that is not live.
    func fate(ofLink link: TokenDigest, for purpose: MailProof.Purpose) async throws -> MailProofFate?

    /// What became of the newest proof that a browser asked for and that was spent.
    func fate(spentBy browser: TokenDigest, for purpose: MailProof.Purpose) async throws -> MailProofFate?
}

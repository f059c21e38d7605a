import OAuth

/// Invitations in storage. Each verb is one transaction.
package protocol InvitationStore: Sendable {
    /// Keeps an invitation and puts its mail into the outbox; earlier ones to the address die. `false`, and nothing
    /// written, when somebody has the address.
    func invite(_ invitation: Invitation, mailing letter: SealedLetter, at now: Instant) async throws -> Bool

    /// The live invitation of a link; changes nothing (a GET asks this). None is live once its address has an account, or
    /// its inviter does not administer any more.
    func invitation(_ digest: TokenDigest, at now: Instant) async throws -> Invitation?

    /// Creates the account, spends the invitation and opens the session. Atomic: `false`, and nothing written, when the
    /// invitation is not live; of simultaneous calls exactly one gets `true`.
    func accept(_ entry: ProvenEntry, at now: Instant) async throws -> Bool

    /// Live ones in the order of their canonical addresses, after a given one.
    func invitations(after canonicalEmail: String?, limit: Int, at now: Instant) async throws -> [Invitation]

    /// Takes back the live invitation to an address: its link is dead. `nil` when there is none; of simultaneous calls
    /// exactly one gets it.
    func withdrawInvitation(to address: EmailAddress, at now: Instant) async throws -> Invitation?
}

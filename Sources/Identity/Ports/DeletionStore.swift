import OAuth

/// Accounts on their way out, and back.
package protocol DeletionStore: Sendable {
    /// Marks an account as deleted: disabled, with the time and by whom. In the same step its sessions, grants, codes
    /// and links die (SE6), and the mail that tells of it is written. A person deletes an active account alone.
    func delete(
        _ accountID: String, by actor: Deletion.Actor, mailing letters: [SealedLetter], at now: Instant
    ) async throws -> DeletionOutcome

    /// Brings an account back that its person has deleted, spends the proof that they are there, signs them in and
    /// writes the mail that tells of it, in one step. `false`, and nothing written, when any of it is not so, or the
    /// password is another than the one that was proven.
    func restore(
        _ restoration: Restoration, mailing letters: [SealedLetter], at now: Instant
    ) async throws -> Bool

    /// Accounts deleted at `latest` or before, those first that went first; after the given one, where there is one.
    func deletedAccounts(until latest: Instant, after last: DeletedAccount?, limit: Int) async throws
        -> [DeletedAccount]

    /// Removes an account for good with everything that names it, if it is still deleted, since `latest` or before.
    /// One step, of which of several callers one is told `true`. Its security events stay, by an id that leads nowhere.
    func purge(_ accountID: String, deletedUntil latest: Instant) async throws -> Bool
}

/// How marking an account as deleted ended.
package enum DeletionOutcome: Sendable, Equatable {
    case deleted
    /// Nobody else could let administrators in again.
    case lastAdministrator
    /// It is deleted already, or gone; or disabled, and it is its person who asks.
    case nothing
}

/// An account that waits for its end.
package struct DeletedAccount: Sendable, Equatable {
    package let id: String
    package let deletedAt: Instant

    package init(id: String, deletedAt: Instant) {
        self.id = id
        self.deletedAt = deletedAt
    }
}

import OAuth

/// A person leaves: the account is switched off at once, and removed when the time of grace is over (B029, B126).
package struct AccountDeletion: Sendable {
    /// Seconds between deletion and removal, during which the person can come back.
    package let grace: Int64
    private let store: any DeletionStore
    private let addresses: any AddressStore
    private let postbox: Postbox
    private let audit: any AuditLog

    package init(
        store: any DeletionStore, addresses: any AddressStore, postbox: Postbox, audit: any AuditLog, grace: Int64
    ) {
        self.store = store
        self.addresses = addresses
        self.postbox = postbox
        self.audit = audit
        self.grace = grace
    }

    /// When an account deleted now is removed.
    package func end(from now: Instant) -> Instant { now + grace }

    /// The person is told, at the address in force and at every one that a change of it can still be taken back to: who
    /// deletes may be whoever changed it.
    package func delete(_ account: Account, from visitor: Visitor, at now: Instant) async throws -> DeletionOutcome {
        let facts =
            [(fact: Letter.Fact.until, value: String(end(from: now).seconds))] + Letter.facts(about: visitor, at: now)
        let former = try await addresses.addressesToReturnTo(of: account.id, at: now)
        let others = former.filter { $0.canonical != account.email.canonical }
        let letters = try ([account.email] + others).map { address in
            let letter = Letter(
                .deletionPlanned, to: address, about: account.id, name: account.profile.name, path: "/sign-in",
                facts: facts, expiresAt: now + Letter.newsLifetime)
            return try postbox.seal(letter, at: now)
        }
        let outcome = try await store.delete(account.id, by: .person, mailing: letters, at: now)
        if outcome == .deleted { audit.record(AuditEvent(.accountDeleted, subject: account.id)) }
        return outcome
    }
}

extension Account {
    /// Whether its person can still bring it back: they deleted it themselves, and the time of grace runs.
    package func canReturn(within grace: Int64, at now: Instant) -> Bool {
        guard let deletion, deletion.actor == .person else { return false }
        return now.seconds(since: deletion.time) < grace
    }
}

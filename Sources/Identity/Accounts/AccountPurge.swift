import OAuth

/// Removes for good what was deleted long enough ago (B117-B125). Right with any number of processes at it: each
/// account is removed by one of them, which records it.
package struct AccountPurge: Sendable {
    package enum Step: Sendable {
        case purged
        /// Somebody else was quicker, or its person came back meanwhile.
        case skipped
        case failed(any Error)
    }

    package struct Summary: Sendable, Equatable {
        package var purged = 0
        package var skipped = 0
        package var failed = 0

        package init() {}
    }

    private static let batch = 100

    private let store: any DeletionStore
    private let audit: any AuditLog

    package init(store: any DeletionStore, audit: any AuditLog) {
        self.store = store
        self.audit = audit
    }

    /// All that were deleted at `latest` or before.
    package func due(until latest: Instant) async throws -> [DeletedAccount] {
        var found: [DeletedAccount] = []
        while true {
            let page = try await store.deletedAccounts(until: latest, after: found.last, limit: Self.batch)
            found += page
            guard page.count == Self.batch else { return found }
        }
    }

    /// One after another, each in a write of its own, so that nobody who is signing in waits for all of them. One that
    /// cannot be removed keeps none of the others.
    ///
    /// - Parameter tell: what became of each, as it happens.
    package func purge(
        _ accounts: [DeletedAccount], deletedUntil latest: Instant, _ tell: (DeletedAccount, Step) -> Void = { _, _ in }
    ) async -> Summary {
        var summary = Summary()
        for account in accounts {
            let step = await purge(account, deletedUntil: latest)
            switch step {
            case .purged: summary.purged += 1
            case .skipped: summary.skipped += 1
            case .failed: summary.failed += 1
            }
            tell(account, step)
        }
        return summary
    }

    /// The event names an id that leads nowhere any more, and nothing else (B124).
    private func purge(_ account: DeletedAccount, deletedUntil latest: Instant) async -> Step {
        do {
            guard try await store.purge(account.id, deletedUntil: latest) else { return .skipped }
            audit.record(AuditEvent(.accountPurged, subject: account.id))
            return .purged
        } catch {
            return .failed(error)
        }
    }
}

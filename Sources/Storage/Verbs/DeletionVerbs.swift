import Identity
import OAuth

extension Store: DeletionStore {
    package func delete(
        _ accountID: String, by actor: Deletion.Actor, mailing letters: [SealedLetter], at now: Instant
    ) async throws -> DeletionOutcome {
        try await database.write { connection in
            guard let account = try connection.account(accountID), account.deletion == nil else { return .nothing }
            // Somebody whom an operator has disabled meanwhile must not come back by way of leaving.
            guard account.status == .active || actor == .operator else { return .nothing }
            guard try !account.isAdministrator || connection.hasAdministrator(beside: accountID) else {
                return .lastAdministrator
            }
            let changed = try connection.execute(
                """
                UPDATE accounts SET status = 'disabled', deleted_at = $2, deleted_by = $3, updated_at = $2
                WHERE id = $1 AND deleted_at IS NULL
                """,
                [.text(accountID), .instant(now), .text(actor.rawValue)])
            guard changed == 1 else { return .nothing }
            try connection.endEverything(of: accountID, at: now)
            for letter in letters { try connection.post(letter) }
            return .deleted
        }
    }

    package func restore(
        _ restoration: Restoration, mailing letters: [SealedLetter], at now: Instant
    ) async throws -> Bool {
        try await database.write { connection in
            let accountID = restoration.accountID
            guard try connection.hold(accountID) else { return false }
            let returnable = try connection.rows(
                "SELECT password_hash FROM accounts WHERE id = $1 AND deleted_by = 'person' AND deleted_at > $2",
                [.text(accountID), .instant(restoration.deletedAfter)])
            guard let hash = try returnable.first.map({ try $0.optionalText(0) }), hash == restoration.provenHash,
                try connection.consume(.comeBack, restoration.offer, binding: restoration.binding, at: now)
            else { return false }
            try connection.execute(
                """
                UPDATE accounts SET status = 'active', deleted_at = NULL, deleted_by = NULL, updated_at = $2
                WHERE id = $1
                """,
                [.text(accountID), .instant(now)])
            try connection.dropOffers(of: accountID)
            if let opening = restoration.opening {
                guard try connection.open(opening, at: now) else {
                    throw StorageError.corrupt("a person who is back is refused within one write")
                }
            }
            for letter in letters { try connection.post(letter) }
            return true
        }
    }

    package func deletedAccounts(
        until latest: Instant, after last: DeletedAccount?, limit: Int
    ) async throws -> [DeletedAccount] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT id, deleted_at FROM accounts
                WHERE deleted_at <= $1 AND (deleted_at > $2 OR (deleted_at = $2 AND id > $3))
                ORDER BY deleted_at, id LIMIT $4
                """,
                [
                    .instant(latest), last.map { .instant($0.deletedAt) } ?? .integer(.min), .text(last?.id ?? ""),
                    .integer(Int64(max(0, limit))),
                ]
            ).map { row in
                var cursor = RowCursor(row)
                return DeletedAccount(id: try cursor.text(), deletedAt: try cursor.instant())
            }
        }
    }

    package func purge(_ accountID: String, deletedUntil latest: Instant) async throws -> Bool {
        try await database.write { connection in
            let due = try connection.rows(
                "SELECT id FROM accounts WHERE id = $1 AND deleted_at <= $2", [.text(accountID), .instant(latest)])
            guard !due.isEmpty else { return false }
            try connection.remove(accountID)
            return true
        }
    }
}

extension SQLConnection {
    /// For good, with everything that hangs from it.
    func remove(_ accountID: String) throws {
        try rememberRemoval(of: accountID)
        try execute("DELETE FROM accounts WHERE id = $1", [.text(accountID)])
        try removeTraces(of: accountID)
    }

    /// What names an account without hanging from it.
    private func removeTraces(of accountID: String) throws {
        for statement in [
            "DELETE FROM outbox WHERE account_id = $1",
            "DELETE FROM explanations WHERE subject = $1",
            "DELETE FROM access_tokens WHERE subject = $1",
            "DELETE FROM pending_authorizations WHERE chosen_subject = $1 OR consented_subject = $1",
        ] {
            try execute(statement, [.text(accountID)])
        }
    }
}

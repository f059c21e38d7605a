import OAuth

extension Store: AssertionMemory {
    /// Checked in the statement that remembers: what a restore has forgotten is refused as if it had been seen.
    package func remember(
        assertionID: String, of clientID: String, usableSince: Instant, until expiry: Instant
    ) async throws -> AssertionMemoryAnswer {
        try await database.write { connection in
            let kept = try connection.execute(
                """
                INSERT INTO client_assertions (client_id, assertion_id, expires_at)
                SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT e.number FROM restore_epochs e WHERE e.epoch > $4)
                ON CONFLICT (client_id, assertion_id) DO NOTHING
                """,
                [.text(clientID), .text(assertionID), .instant(expiry), .instant(usableSince)])
            guard kept != 1 else { return .fresh }
            let restores = try connection.rows(
                "SELECT e.number FROM restore_epochs e WHERE e.epoch > $1", [.instant(usableSince)])
            return restores.isEmpty ? .seenBefore : .olderThanMemory
        }
    }
}

import Identity
import OAuth

extension SQLConnection {
    /// Puts a letter into the outbox, in the write that causes it: both are there afterwards, or neither. Nobody is told:
    /// it is not due yet, and whoever sends mail looks by the clock, so that nothing happens at the commit (PW10).
    func post(_ letter: SealedLetter) throws {
        try insert(
            into: "outbox",
            [
                "id": .text(letter.id),
                "kind": .text(letter.kind.rawValue),
                "account_id": .text(letter.accountID),
                "sealed_letter": .bytes(letter.sealed),
                "created_at": .instant(letter.createdAt),
                "expires_at": .instant(letter.expiresAt),
                "due_at": .instant(letter.createdAt + letter.pause),
                "attempts": .integer(0),
                "is_blank": .flag(letter.isBlank),
            ])
    }
}

extension Store: OutboxStore {
    /// A lease is a due date in the future, and the number of the attempt its proof: a process that dies leaves both
    /// behind, and the letter is due again when the lease has run out.
    package func claimLetters(
        _ limit: Int, leasing seconds: Int64, at now: Instant
    ) async throws -> [ClaimedLetter] {
        try await database.write { connection in
            try connection.execute(
                """
                DELETE FROM outbox WHERE due_at <= $1 AND account_id IS NOT NULL
                    AND NOT EXISTS (SELECT a.id FROM accounts a WHERE a.id = outbox.account_id)
                """,
                [.instant(now)])
            let claimed = try connection.rows(
                """
                UPDATE outbox SET due_at = $2, attempts = attempts + 1
                WHERE id IN (
                    SELECT o.id FROM outbox o WHERE o.due_at <= $1 AND o.expires_at > $1
                    ORDER BY o.due_at, o.created_at, o.id LIMIT $3)
                RETURNING id, kind, account_id, sealed_letter, created_at, expires_at, is_blank, attempts
                """,
                [.instant(now), .instant(now + max(1, seconds)), .integer(Int64(max(0, limit)))])
            return try claimed.compactMap(ClaimedLetter.init).sorted { $0.letter.createdAt < $1.letter.createdAt }
        }
    }

    package func remove(_ letter: ClaimedLetter) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM outbox WHERE id = $1 AND attempts = $2",
                [.text(letter.letter.id), .integer(letter.attempt)]) == 1
        }
    }

    package func postpone(_ letter: ClaimedLetter, until time: Instant) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "UPDATE outbox SET due_at = $3 WHERE id = $1 AND attempts = $2",
                [.text(letter.letter.id), .integer(letter.attempt), .instant(time)]) == 1
        }
    }

    package func removeExpiredLetters(_ limit: Int, at now: Instant) async throws -> [ExpiredLetter] {
        try await database.write { connection in
            try connection.rows(
                """
                DELETE FROM outbox WHERE id IN (
                    SELECT o.id FROM outbox o WHERE o.expires_at <= $1 AND o.due_at <= $1 LIMIT $2)
                RETURNING kind, account_id, is_blank
                """,
                [.instant(now), .integer(Int64(max(0, limit)))]
            ).map { row in
                var cursor = RowCursor(row)
                return ExpiredLetter(
                    kind: try cursor.text(), accountID: try cursor.optionalText(), isBlank: try cursor.flag())
            }
        }
    }

    package func outboxFigures(at now: Instant) async throws -> OutboxFigures {
        try await database.read { connection in
            let row = try connection.rows(
                """
                SELECT count(id), count(CASE WHEN due_at <= $1 AND expires_at > $1 THEN 1 END),
                    count(CASE WHEN due_at <= $1 AND expires_at <= $1 THEN 1 END), min(created_at)
                FROM outbox
                """,
                [.instant(now)]
            ).first
            guard let row else { throw StorageError.corrupt("the outbox cannot be counted") }
            var cursor = RowCursor(row)
            return OutboxFigures(
                waiting: try cursor.integer(), due: try cursor.integer(), expired: try cursor.integer(),
                oldest: try cursor.optionalInstant())
        }
    }
}

extension ClaimedLetter {
    /// `nil` for a kind that only a newer version knows: its lease runs out, and that version finds it.
    init?(_ row: Row) throws {
        var cursor = RowCursor(row)
        let id = try cursor.text()
        guard let kind = Letter.Kind(rawValue: try cursor.text()) else { return nil }
        let letter = SealedLetter(
            id: id, kind: kind, accountID: try cursor.optionalText(), sealed: try cursor.bytes(),
            createdAt: try cursor.instant(), expiresAt: try cursor.instant(), isBlank: try cursor.flag())
        self.init(letter: letter, attempt: try cursor.integer())
    }
}

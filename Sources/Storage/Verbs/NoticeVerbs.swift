import Identity
import OAuth

extension Store: NoticeStore {
    package func notices(of subject: String) async throws -> [AccountNotice] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT id, subject, kind, client_id, created_at FROM account_notices
                WHERE subject = $1 ORDER BY created_at DESC, id LIMIT 20
                """,
                [.text(subject)]
            ).compactMap(AccountNotice.init)
        }
    }

    package func dismiss(noticeID: String, of subject: String) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM account_notices WHERE id = $1 AND subject = $2", [.text(noticeID), .text(subject)]) == 1
        }
    }
}

extension AccountNotice {
    /// `nil` for a kind that only a newer version knows.
    init?(_ row: Row) throws {
        var cursor = RowCursor(row)
        let (id, subject) = (try cursor.text(), try cursor.text())
        guard let kind = Kind(rawValue: try cursor.text()) else { return nil }
        self.init(
            id: id, subject: subject, kind: kind, clientID: try cursor.text(), createdAt: try cursor.instant())
    }
}

extension Migration {
    /// Mail that waits to be sent, written together with what causes it.
    static let outbox = Migration(
        version: 12, name: "outbox",
        statements: [
            """
            CREATE TABLE outbox (
                id TEXT NOT NULL PRIMARY KEY,
                kind TEXT NOT NULL,
                account_id TEXT,
                sealed_letter {bytes} NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                due_at BIGINT NOT NULL,
                attempts BIGINT NOT NULL,
                is_blank BIGINT NOT NULL CHECK (is_blank IN (0, 1))
            )
            """,
            "CREATE INDEX outbox_by_due ON outbox (due_at)",
            "CREATE INDEX outbox_by_account ON outbox (account_id, kind)",
            "CREATE INDEX outbox_by_end ON outbox (expires_at)",
        ])
}

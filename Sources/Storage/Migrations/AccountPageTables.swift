extension Migration {
    /// Pictures of people, and what their browsers are called.
    static let accountPages = Migration(
        version: 14, name: "account_pages",
        statements: [
            // A picture is never changed: another one has another id, so that caches may keep each for ever.
            """
            CREATE TABLE pictures (
                id TEXT NOT NULL PRIMARY KEY,
                account_id TEXT NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
                format TEXT NOT NULL CHECK (format IN ('png', 'jpeg', 'webp')),
                width BIGINT NOT NULL,
                height BIGINT NOT NULL,
                content {bytes} NOT NULL,
                created_at BIGINT NOT NULL
            )
            """,
            "ALTER TABLE known_browsers ADD COLUMN device TEXT NOT NULL DEFAULT ''",
        ])
}

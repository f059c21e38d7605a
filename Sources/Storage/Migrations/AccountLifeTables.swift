extension Migration {
    /// What people say of themselves and decide, how they sign in, and accounts on their way out.
    ///
    /// A deleted account is a disabled one with a date: whatever asks for an active account refuses it without
    /// knowing about deletion.
    static let accountLife = Migration(
        version: 11, name: "account_life",
        statements: [
            "ALTER TABLE accounts ADD COLUMN canonical_username TEXT",
            "CREATE UNIQUE INDEX accounts_by_username ON accounts (canonical_username)",
            "ALTER TABLE accounts ADD COLUMN biography TEXT",
            "ALTER TABLE accounts ADD COLUMN birthdate TEXT",
            "ALTER TABLE accounts ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}'",
            "ALTER TABLE accounts ADD COLUMN deleted_at BIGINT",
            "ALTER TABLE accounts ADD COLUMN deleted_by TEXT CHECK (deleted_by IN ('person', 'operator'))",
            "CREATE INDEX accounts_by_deletion ON accounts (deleted_at)",
            """
            CREATE TABLE account_preferences (
                account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
                magic_links BIGINT NOT NULL CHECK (magic_links IN (0, 1)),
                sign_in_notices TEXT NOT NULL CHECK (sign_in_notices IN ('new_browsers', 'all', 'none'))
            )
            """,
            """
            CREATE TABLE sign_in_methods (
                account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                method TEXT NOT NULL,
                first_used_at BIGINT NOT NULL,
                last_used_at BIGINT NOT NULL,
                PRIMARY KEY (account_id, method)
            )
            """,
        ])
}

extension Migration {
    /// Ways back from changes of address, by digest alone. In a table of its own: they outlive what ends everything else
    /// of a person, for a thief may do that too. Numbered for each account, for of two changes in one second, too, one
    /// came first.
    static let addressUndos = Migration(
        version: 19, name: "address_undos",
        statements: [
            """
            CREATE TABLE address_undos (
                link {bytes} NOT NULL PRIMARY KEY CHECK (length(link) = 32),
                account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                number BIGINT NOT NULL,
                email TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                UNIQUE (account_id, number)
            )
            """,
            "CREATE INDEX address_undos_by_end ON address_undos (expires_at)",
        ])
}

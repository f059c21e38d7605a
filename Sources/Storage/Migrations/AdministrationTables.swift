extension Migration {
    /// What operators do with people: finding them by name, and inviting them.
    static let administration = Migration(
        version: 15, name: "administration",
        statements: [
            // Names as they are searched for, folded by the program, since the engines disagree on what a letter is.
            // NULL: to be folded at the next search.
            "ALTER TABLE accounts ADD COLUMN search_text TEXT",
            "CREATE INDEX accounts_unfolded ON accounts (id) WHERE search_text IS NULL",
            // One for each address, whose token is among the one-time artefacts.
            """
            CREATE TABLE invitations (
                canonical_email TEXT NOT NULL PRIMARY KEY,
                email TEXT NOT NULL,
                digest {bytes} NOT NULL UNIQUE CHECK (length(digest) = 32),
                name TEXT,
                roles TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX invitations_by_end ON invitations (expires_at)",
        ])
}

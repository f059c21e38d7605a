extension Migration {
    /// Proofs of mailboxes that are waited for, by digest alone.
    static let mailProofs = Migration(
        version: 13, name: "mail_proofs",
        statements: [
            """
            CREATE TABLE mail_proofs (
                link {bytes} NOT NULL PRIMARY KEY CHECK (length(link) = 32),
                code {bytes} NOT NULL CHECK (length(code) = 32),
                purpose TEXT NOT NULL,
                account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
                email TEXT NOT NULL,
                canonical_email TEXT NOT NULL,
                browser {bytes} NOT NULL,
                detail TEXT NOT NULL,
                tries BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                spent_at BIGINT
            )
            """,
            "CREATE INDEX mail_proofs_by_browser ON mail_proofs (browser, purpose)",
            "CREATE INDEX mail_proofs_by_account ON mail_proofs (account_id)",
            "CREATE INDEX mail_proofs_by_address ON mail_proofs (canonical_email, purpose)",
            "CREATE INDEX mail_proofs_by_end ON mail_proofs (expires_at)",
        ])
}

extension Migration {
    /// Second factors, and what sessions tell of them. Seeds are sealed, of codes and secrets only digests are kept.
    static let factors = Migration(
        version: 27, name: "factors",
        statements: [
            """
            CREATE TABLE factors (
                id TEXT NOT NULL PRIMARY KEY,
                account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                kind TEXT NOT NULL CHECK (kind IN ('totp', 'mail_code', 'passkey')),
                name TEXT NOT NULL,
                seed {bytes},
                last_step BIGINT,
                credential_id {bytes} UNIQUE,
                public_key {bytes},
                sign_count BIGINT,
                backup_eligible BIGINT,
                backed_up BIGINT,
                transports TEXT,
                created_at BIGINT NOT NULL,
                last_used_at BIGINT,
                CHECK (kind <> 'totp' OR (seed IS NOT NULL AND last_step IS NOT NULL)),
                CHECK (kind <> 'passkey' OR (credential_id IS NOT NULL AND public_key IS NOT NULL
                    AND sign_count IS NOT NULL AND backup_eligible IS NOT NULL AND backed_up IS NOT NULL
                    AND transports IS NOT NULL))
            )
            """,
            "CREATE INDEX factors_by_account ON factors (account_id, created_at)",
            "CREATE UNIQUE INDEX one_factor_of_a_kind ON factors (account_id, kind) WHERE kind <> 'passkey'",
            """
            CREATE TABLE backup_codes (
                account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                digest {bytes} NOT NULL CHECK (length(digest) = 32),
                created_at BIGINT NOT NULL,
                spent_at BIGINT,
                PRIMARY KEY (account_id, digest)
            )
            """,
            // What there is to know of a person even without a factor.
            """
            CREATE TABLE factor_standings (
                account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
                tries BIGINT NOT NULL DEFAULT 0,
                locked_until BIGINT NOT NULL DEFAULT 0,
                demanded_at BIGINT,
                recovered_at BIGINT
            )
            """,
            """
            CREATE TABLE remembered_browsers (
                id TEXT NOT NULL PRIMARY KEY,
                account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                token {bytes} NOT NULL CHECK (length(token) = 32),
                device TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                last_used_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                UNIQUE (account_id, token)
            )
            """,
            "CREATE INDEX remembered_browsers_by_token ON remembered_browsers (token)",
            "CREATE INDEX remembered_browsers_by_end ON remembered_browsers (expires_at)",
            """
            CREATE TABLE factor_recoveries (
                account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
                asked_at BIGINT NOT NULL,
                ready_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX factor_recoveries_by_end ON factor_recoveries (expires_at)",
            "ALTER TABLE sessions ADD COLUMN proofs TEXT",
            "ALTER TABLE sessions ADD COLUMN is_half BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE sessions ADD COLUMN factor_at BIGINT",
            "ALTER TABLE sessions ADD COLUMN waiver TEXT",
            "ALTER TABLE pending_authorizations ADD COLUMN factor_session TEXT",
            // Whether the password was set through the mailbox, and so proves no more than that.
            "ALTER TABLE accounts ADD COLUMN password_is_mailed BIGINT NOT NULL DEFAULT 0",
        ])
}

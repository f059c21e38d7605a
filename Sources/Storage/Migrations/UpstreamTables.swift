extension Migration {
    /// Signing in by providers. Who somebody is there is the provider and its own subject, compared byte by byte; an
    /// address counts in one place alone: where an import had no subject (`expected_identities`), until there is one.
    static let upstreams = Migration(
        version: 26, name: "upstreams",
        statements: [
            // `tokens` are sealed.
            """
            CREATE TABLE upstream_identities (
                provider TEXT NOT NULL CHECK (provider <> ''),
                subject TEXT NOT NULL CHECK (subject <> ''),
                account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                label TEXT,
                tokens {bytes},
                linked_at BIGINT NOT NULL,
                last_used_at BIGINT,
                PRIMARY KEY (provider, subject)
            )
            """,
            "CREATE INDEX upstream_identities_by_account ON upstream_identities (account_id)",
            """
            CREATE TABLE expected_identities (
                provider TEXT NOT NULL CHECK (provider <> ''),
                canonical_email TEXT NOT NULL,
                account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                PRIMARY KEY (provider, canonical_email)
            )
            """,
            "CREATE INDEX expected_identities_by_account ON expected_identities (account_id)",
            """
            CREATE TABLE upstream_attempts (
                state {bytes} NOT NULL PRIMARY KEY CHECK (length(state) = 32),
                provider TEXT NOT NULL,
                browser {bytes} NOT NULL CHECK (length(browser) = 32),
                link_account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
                link_session TEXT,
                query TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                spent_at BIGINT,
                CHECK ((link_account IS NULL) = (link_session IS NULL))
            )
            """,
            "CREATE INDEX upstream_attempts_by_browser ON upstream_attempts (browser, provider)",
            "CREATE INDEX upstream_attempts_by_account ON upstream_attempts (link_account)",
            "CREATE INDEX upstream_attempts_by_end ON upstream_attempts (expires_at)",
            """
            CREATE TABLE pending_identities (
                browser {bytes} NOT NULL PRIMARY KEY CHECK (length(browser) = 32),
                provider TEXT NOT NULL,
                subject TEXT NOT NULL,
                email TEXT,
                is_email_verified BIGINT NOT NULL CHECK (is_email_verified IN (0, 1)),
                name TEXT,
                given_name TEXT,
                family_name TEXT,
                label TEXT,
                need TEXT NOT NULL CHECK (need IN ('account', 'address')),
                query TEXT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX pending_identities_by_identity ON pending_identities (provider, subject)",
            "CREATE INDEX pending_identities_by_end ON pending_identities (expires_at)",
        ])
}

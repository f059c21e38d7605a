extension Migration {
    /// Accounts, sessions, and what stands at the door: known browsers, counters, one-time artefacts.
    static let people = Migration(
        version: 1, name: "people",
        statements: [
            """
            CREATE TABLE accounts (
                id TEXT NOT NULL PRIMARY KEY,
                email TEXT NOT NULL,
                canonical_email TEXT NOT NULL UNIQUE,
                email_verified BIGINT NOT NULL CHECK (email_verified IN (0, 1)),
                name TEXT,
                given_name TEXT,
                family_name TEXT,
                preferred_username TEXT,
                picture TEXT,
                locale TEXT,
                zone_info TEXT,
                status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
                password_hash TEXT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE account_roles (
                account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                role TEXT NOT NULL CHECK (role <> ''),
                context TEXT NOT NULL,
                PRIMARY KEY (account_id, role, context)
            )
            """,
            "CREATE INDEX account_roles_by_role ON account_roles (role, context)",
            """
            CREATE TABLE sessions (
                secret {bytes} NOT NULL PRIMARY KEY CHECK (length(secret) = 32),
                id TEXT NOT NULL UNIQUE,
                subject TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                browser {bytes} NOT NULL,
                authenticated_at BIGINT NOT NULL,
                methods TEXT NOT NULL,
                level TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                last_seen_at BIGINT NOT NULL,
                idle_until BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                device TEXT NOT NULL,
                address TEXT NOT NULL
            )
            """,
            "CREATE INDEX sessions_by_subject ON sessions (subject)",
            "CREATE INDEX sessions_by_idle_end ON sessions (idle_until)",
            "CREATE INDEX sessions_by_end ON sessions (expires_at)",
            """
            CREATE TABLE known_browsers (
                browser {bytes} NOT NULL CHECK (length(browser) = 32),
                subject TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                last_seen_at BIGINT NOT NULL,
                PRIMARY KEY (browser, subject)
            )
            """,
            "CREATE INDEX known_browsers_by_subject ON known_browsers (subject)",
            "CREATE INDEX known_browsers_by_age ON known_browsers (last_seen_at)",
            """
            CREATE TABLE throttle_counters (
                lane TEXT NOT NULL PRIMARY KEY,
                attempts BIGINT NOT NULL CHECK (attempts > 0),
                window_ends_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX throttle_counters_by_end ON throttle_counters (window_ends_at)",
            """
            CREATE TABLE one_time_artefacts (
                kind TEXT NOT NULL,
                digest {bytes} NOT NULL CHECK (length(digest) = 32),
                binding TEXT NOT NULL,
                expires_at BIGINT NOT NULL,
                spent_at BIGINT,
                PRIMARY KEY (kind, digest)
            )
            """,
            "CREATE INDEX one_time_artefacts_by_binding ON one_time_artefacts (kind, binding)",
            "CREATE INDEX one_time_artefacts_by_end ON one_time_artefacts (expires_at)",
        ])
}

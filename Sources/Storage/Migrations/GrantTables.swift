extension Migration {
    /// Requests on their way, grants, and everything that hangs from a grant.
    ///
    /// A grant names its session without a foreign key: with `offline_access` it outlives it.
    static let grants = Migration(
        version: 2, name: "grants",
        statements: [
            """
            CREATE TABLE pending_authorizations (
                handle {bytes} NOT NULL PRIMARY KEY CHECK (length(handle) = 32),
                browser {bytes} NOT NULL CHECK (length(browser) = 32),
                parameters TEXT NOT NULL,
                signed_in_session TEXT,
                chosen_subject TEXT,
                consented_scopes TEXT,
                consented_subject TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                CHECK ((consented_scopes IS NULL) = (consented_subject IS NULL))
            )
            """,
            "CREATE INDEX pending_authorizations_by_end ON pending_authorizations (expires_at)",
            """
            CREATE TABLE grants (
                id TEXT NOT NULL PRIMARY KEY,
                client_id TEXT NOT NULL,
                subject TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                session_id TEXT NOT NULL,
                auth_time BIGINT NOT NULL,
                methods TEXT NOT NULL,
                level TEXT NOT NULL,
                scopes TEXT NOT NULL,
                resources TEXT NOT NULL,
                nonce TEXT,
                claims_request TEXT,
                is_offline BIGINT NOT NULL CHECK (is_offline IN (0, 1)),
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                revoked_at BIGINT
            )
            """,
            "CREATE INDEX grants_by_subject ON grants (subject, client_id)",
            "CREATE INDEX grants_by_session ON grants (session_id)",
            "CREATE INDEX grants_by_end ON grants (expires_at)",
            """
            CREATE TABLE authorization_codes (
                digest {bytes} NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
                grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
                redirect_uri TEXT NOT NULL,
                redirect_uri_was_sent BIGINT NOT NULL CHECK (redirect_uri_was_sent IN (0, 1)),
                code_challenge TEXT,
                expires_at BIGINT NOT NULL,
                spent_at BIGINT
            )
            """,
            "CREATE INDEX authorization_codes_by_grant ON authorization_codes (grant_id)",
            "CREATE INDEX authorization_codes_by_end ON authorization_codes (expires_at)",
            """
            CREATE TABLE refresh_tokens (
                digest {bytes} NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
                grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
                issued_at BIGINT NOT NULL,
                idle_until BIGINT NOT NULL,
                spent_at BIGINT
            )
            """,
            "CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (grant_id)",
            // TK7: a family never has two tokens that could be used.
            "CREATE UNIQUE INDEX refresh_tokens_unspent ON refresh_tokens (grant_id) WHERE spent_at IS NULL",
            """
            CREATE TABLE access_tokens (
                digest {bytes} NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
                id TEXT NOT NULL UNIQUE,
                grant_id TEXT REFERENCES grants (id) ON DELETE CASCADE,
                client_id TEXT NOT NULL,
                subject TEXT NOT NULL,
                scopes TEXT NOT NULL,
                audience TEXT NOT NULL,
                issued_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX access_tokens_by_grant ON access_tokens (grant_id)",
            "CREATE INDEX access_tokens_by_end ON access_tokens (expires_at)",
            """
            CREATE TABLE revoked_access_tokens (
                id TEXT NOT NULL PRIMARY KEY,
                revoked_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX revoked_access_tokens_by_end ON revoked_access_tokens (expires_at)",
            """
            CREATE TABLE consents (
                subject TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                client_id TEXT NOT NULL,
                scopes TEXT NOT NULL,
                resources TEXT NOT NULL,
                granted_at BIGINT NOT NULL,
                PRIMARY KEY (subject, client_id)
            )
            """,
        ])
}

extension Migration {
    /// Signing keys, the master key they are sealed with, and the assertions clients have used.
    static let keys = Migration(
        version: 3, name: "keys",
        statements: [
            """
            CREATE TABLE signing_keys (
                key_id TEXT NOT NULL PRIMARY KEY,
                algorithm TEXT NOT NULL,
                generation BIGINT NOT NULL CHECK (generation > 0),
                sealed_private_key {bytes} NOT NULL,
                created_at BIGINT NOT NULL,
                signs_from BIGINT NOT NULL,
                retires_at BIGINT,
                UNIQUE (algorithm, generation)
            )
            """,
            "CREATE INDEX signing_keys_by_end ON signing_keys (retires_at)",
            // One row at most: a database belongs to one master key.
            """
            CREATE TABLE master_key_binding (
                slot BIGINT NOT NULL PRIMARY KEY CHECK (slot = 1),
                fingerprint TEXT NOT NULL
            )
            """,
            """
            CREATE TABLE client_assertions (
                client_id TEXT NOT NULL,
                assertion_id TEXT NOT NULL,
                expires_at BIGINT NOT NULL,
                PRIMARY KEY (client_id, assertion_id)
            )
            """,
            "CREATE INDEX client_assertions_by_end ON client_assertions (expires_at)",
        ])
}

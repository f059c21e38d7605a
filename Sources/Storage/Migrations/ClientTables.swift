extension Migration {
    /// Client registrations that every process sees, and counters by which one learns that another changed something.
    static let clients = Migration(
        version: 7, name: "clients",
        statements: [
            """
            CREATE TABLE clients (
                client_id TEXT NOT NULL PRIMARY KEY CHECK (length(client_id) BETWEEN 1 AND 100),
                registration TEXT NOT NULL,
                version BIGINT NOT NULL CHECK (version > 0),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE change_counters (
                topic TEXT NOT NULL PRIMARY KEY,
                version BIGINT NOT NULL CHECK (version > 0)
            )
            """,
        ])
}

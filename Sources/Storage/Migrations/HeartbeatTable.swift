extension Migration {
    /// What is written only to see whether writing works.
    static let heartbeat = Migration(
        version: 9, name: "heartbeat",
        statements: [
            """
            CREATE TABLE heartbeat (
                slot BIGINT NOT NULL PRIMARY KEY CHECK (slot = 1),
                beat_at BIGINT NOT NULL
            )
            """
        ])
}

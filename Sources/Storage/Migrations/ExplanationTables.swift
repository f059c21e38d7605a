extension Migration {
    /// Why requests were refused, for whoever has the reference.
    static let explanations = Migration(
        version: 6, name: "explanations",
        statements: [
            // `number` counts on, so that the oldest rows of too many are found without counting any.
            """
            CREATE TABLE explanations (
                reference TEXT NOT NULL PRIMARY KEY,
                number BIGINT NOT NULL,
                at BIGINT NOT NULL,
                route TEXT NOT NULL,
                status BIGINT NOT NULL,
                client_id TEXT,
                subject TEXT,
                checks TEXT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX explanations_by_number ON explanations (number)",
            "CREATE INDEX explanations_by_end ON explanations (expires_at)",
        ])
}

extension Migration {
    /// Security events. Names and addresses of people are not among the columns: an account that is gone leaves
    /// nothing but its opaque id here.
    static let audit = Migration(
        version: 5, name: "audit",
        statements: [
            // `id` sorts by time and is made without asking anybody; `at` is in microseconds.
            """
            CREATE TABLE audit_events (
                id TEXT NOT NULL PRIMARY KEY,
                at BIGINT NOT NULL,
                kind TEXT NOT NULL CHECK (kind <> ''),
                outcome TEXT NOT NULL CHECK (outcome <> ''),
                actor TEXT NOT NULL CHECK (actor <> ''),
                subject TEXT,
                client_id TEXT,
                network TEXT,
                reference TEXT,
                process TEXT NOT NULL,
                details TEXT NOT NULL
            )
            """,
            "CREATE INDEX audit_events_by_time ON audit_events (at, id)",
            "CREATE INDEX audit_events_by_subject ON audit_events (subject, at)",
            "CREATE INDEX audit_events_by_client ON audit_events (client_id, at)",
            "CREATE INDEX audit_events_by_kind ON audit_events (kind, at)",
            "CREATE INDEX audit_events_by_reference ON audit_events (reference)",
        ])
}

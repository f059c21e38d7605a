extension Migration {
    /// Answers to rotations that may be asked for once more, and what people are to be told.
    static let refreshAnswers = Migration(
        version: 8, name: "refresh_answers",
        statements: [
            """
            CREATE TABLE refresh_answers (
                spent {bytes} NOT NULL PRIMARY KEY REFERENCES refresh_tokens (digest) ON DELETE CASCADE,
                successor {bytes} NOT NULL REFERENCES refresh_tokens (digest) ON DELETE CASCADE,
                sealed_answer {bytes} NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX refresh_answers_by_successor ON refresh_answers (successor)",
            "CREATE INDEX refresh_answers_by_end ON refresh_answers (expires_at)",
            """
            CREATE TABLE account_notices (
                id TEXT NOT NULL PRIMARY KEY,
                subject TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                kind TEXT NOT NULL,
                client_id TEXT NOT NULL,
                created_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX account_notices_by_subject ON account_notices (subject, created_at)",
            "CREATE INDEX account_notices_by_age ON account_notices (created_at)",
        ])
}

extension Migration {
    /// Nobody is signed in by an address that was never proven (B023); whoever was before that was the rule is not signed
    /// in any longer, and apps have nothing of theirs. A step has no clock: the grants are dated at their beginning.
    static let unprovenEndings = Migration(
        version: 22, name: "unproven_endings",
        statements: [
            "DELETE FROM sessions WHERE subject IN (SELECT a.id FROM accounts a WHERE a.email_verified = 0)",
            """
            UPDATE grants SET revoked_at = created_at, ended_by = 'session_ended'
            WHERE revoked_at IS NULL AND subject IN (SELECT a.id FROM accounts a WHERE a.email_verified = 0)
            """,
        ])
}

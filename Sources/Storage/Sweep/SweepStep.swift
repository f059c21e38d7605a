import OAuth

/// One table's share of a sweep: which rows go, and how long after their end. Some stay a while, as memory: a code or
/// token presented once more tells that it leaked, and a clock set back must not bring a revoked one to life.
struct SweepStep: Sendable {
    let table: String
    let key: String
    /// `$1` is now, less `keeping`.
    let condition: String
    /// Seconds.
    var keeping: Int64 = 0

    /// Both engines delete what a limited query names; neither can be relied on for `DELETE … LIMIT`.
    var sql: String {
        "DELETE FROM \(table) WHERE (\(key)) IN (SELECT \(key) FROM \(table) WHERE \(condition) LIMIT $2)"
    }

    private static let day: Int64 = 86_400

    /// Tokens go before the grants they hang from, so that no step cascades into more than its share.
    static let all = [
        SweepStep(table: "pending_authorizations", key: "handle", condition: "expires_at <= $1"),
        SweepStep(
            table: "authorization_codes", key: "digest", condition: "expires_at <= $1 AND spent_at IS NULL"),
        SweepStep(table: "authorization_codes", key: "digest", condition: "expires_at <= $1", keeping: day),
        SweepStep(table: "access_tokens", key: "digest", condition: "expires_at <= $1"),
        SweepStep(table: "revoked_access_tokens", key: "id", condition: "expires_at <= $1", keeping: day),
        SweepStep(table: "refresh_answers", key: "spent", condition: "expires_at <= $1"),
        SweepStep(
            table: "refresh_tokens", key: "digest",
            condition: "grant_id IN (SELECT g.id FROM grants g WHERE g.expires_at <= $1)", keeping: day),
        SweepStep(
            table: "grants", key: "id",
            condition: """
                expires_at <= $1 AND NOT EXISTS (SELECT t.digest FROM refresh_tokens t WHERE t.grant_id = grants.id)
                """, keeping: day),
        SweepStep(table: "sessions", key: "secret", condition: "idle_until <= $1 OR expires_at <= $1"),
        SweepStep(table: "one_time_artefacts", key: "kind, digest", condition: "expires_at <= $1", keeping: day),
        // A draft of an account that nobody proved is gone with its end. What became of a link to sign in with is told for
        // another day: people find old mail.
        SweepStep(
            table: "mail_proofs", key: "link",
            condition: """
                expires_at <= $1 AND spent_at IS NULL AND purpose NOT IN ('magic_link', 'staff_link')
                """),
        SweepStep(table: "mail_proofs", key: "link", condition: "expires_at <= $1", keeping: day),
        SweepStep(table: "invitations", key: "canonical_email", condition: "expires_at <= $1"),
        SweepStep(table: "address_undos", key: "link", condition: "expires_at <= $1"),
        // Whoever comes back too late is told so.
        SweepStep(
            table: "upstream_attempts", key: "state", condition: "expires_at <= $1 AND spent_at IS NULL", keeping: 3600),
        SweepStep(table: "upstream_attempts", key: "state", condition: "expires_at <= $1", keeping: day),
        SweepStep(table: "pending_identities", key: "browser", condition: "expires_at <= $1"),
        SweepStep(table: "remembered_browsers", key: "id", condition: "expires_at <= $1"),
        SweepStep(table: "factor_recoveries", key: "account_id", condition: "expires_at <= $1"),
        SweepStep(table: "throttle_counters", key: "lane", condition: "window_ends_at <= $1"),
        SweepStep(
            table: "client_assertions", key: "client_id, assertion_id", condition: "expires_at <= $1", keeping: day),
        SweepStep(table: "account_notices", key: "id", condition: "created_at <= $1", keeping: 90 * day),
        SweepStep(table: "explanations", key: "reference", condition: "expires_at <= $1"),
        // No browser keeps a cookie longer (RFC 6265bis §5.5): what it named will not be seen again.
        SweepStep(
            table: "known_browsers", key: "browser, subject", condition: "last_seen_at <= $1", keeping: 400 * day),
    ]
}

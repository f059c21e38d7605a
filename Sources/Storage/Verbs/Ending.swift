import OAuth

/// What ends together with a session or a person. `now` is when, for the record.
extension SQLConnection {
    /// Grants of one session that have no `offline_access`.
    func endOnlineGrants(ofSession id: String, of subject: String, at now: Instant) throws {
        try execute(
            """
            UPDATE grants SET revoked_at = $3
            WHERE session_id = $1 AND subject = $2 AND is_offline = 0 AND revoked_at IS NULL
            """,
            [.text(id), .text(subject), .instant(now)])
    }

    /// Grants of all sessions of a person, those already gone included, but for one; `""` is no session's id.
    func endOnlineGrants(of subject: String, exceptSession id: String, at now: Instant) throws {
        try execute(
            """
            UPDATE grants SET revoked_at = $3
            WHERE subject = $1 AND session_id <> $2 AND is_offline = 0 AND revoked_at IS NULL
            """,
            [.text(subject), .text(id), .instant(now)])
    }

    /// A disabled person keeps nothing: sessions are gone, and grants, offline ones too, stay dead should the
    /// account be enabled again.
    func endEverything(of subject: String, at now: Instant) throws {
        try execute("DELETE FROM sessions WHERE subject = $1", [.text(subject)])
        try execute(
            "UPDATE grants SET revoked_at = $2 WHERE subject = $1 AND revoked_at IS NULL",
            [.text(subject), .instant(now)])
    }
}

import Identity
import OAuth

extension SQLConnection {
    /// Whether a person is told of this session; asked before the sign-in is noted and the browser remembered.
    ///
    /// Whoever has just made the account and signs in for the first time knows.
    func isNews(_ session: Session) throws -> Bool {
        let subject = SQLValue.text(session.subject)
        let preference = try rows(
            "SELECT sign_in_notices FROM account_preferences WHERE account_id = $1", [subject]
        ).first?.text(0)
        let notices = preference.flatMap(Preferences.SignInNotices.init) ?? Preferences().signInNotices
        guard notices != .none, try !isFirstSignIn(session) else { return false }
        guard notices != .all else { return true }
        return try rows(
            "SELECT subject FROM known_browsers WHERE browser = $1 AND subject = $2",
            [.digest(session.browser), subject]
        ).isEmpty
    }

    private func isFirstSignIn(_ session: Session) throws -> Bool {
        let subject = SQLValue.text(session.subject)
        let isOld = try rows(
            "SELECT id FROM accounts WHERE id = $1 AND created_at <= $2",
            [subject, .instant(session.createdAt + -3600)])
        let uses = try rows("SELECT method FROM sign_in_methods WHERE account_id = $1 LIMIT 1", [subject])
        return isOld.isEmpty && uses.isEmpty
    }

    func keep(_ notice: SignInNotice) throws {
        try insert(
            into: "one_time_artefacts",
            [
                "kind": .text(notice.denial.kind.rawValue),
                "digest": .digest(notice.denial.digest),
                "binding": .text(notice.denial.binding),
                "expires_at": .instant(notice.denial.expiresAt),
            ])
        try post(notice.letter)
    }
}

extension Store: SignInDenialStore {
    package func deniableSignIn(_ digest: TokenDigest, at now: Instant) async throws -> DeniableSignIn? {
        try await database.read { connection in
            let binding = try connection.rows(
                """
                SELECT binding FROM one_time_artefacts
                WHERE kind = $1 AND digest = $2 AND spent_at IS NULL AND expires_at > $3
                """,
                [.text(OneTimeArtefact.Kind.signInDenial.rawValue), .digest(digest), .instant(now)]
            ).first?.text(0)
            return try binding.flatMap { try connection.deniableSignIn($0, at: now) }
        }
    }

    package func deny(_ digest: TokenDigest, at now: Instant) async throws -> DeniableSignIn? {
        try await database.write { connection in
            let binding = try connection.rows(
                """
                UPDATE one_time_artefacts SET spent_at = $3
                WHERE kind = $1 AND digest = $2 AND spent_at IS NULL AND expires_at > $3 RETURNING binding
                """,
                [.text(OneTimeArtefact.Kind.signInDenial.rawValue), .digest(digest), .instant(now)]
            ).first?.text(0)
            guard let denied = try binding.flatMap({ try connection.deniableSignIn($0, at: now) }) else { return nil }
            try connection.end(denied, at: now)
            return denied
        }
    }
}

extension SQLConnection {
    fileprivate func deniableSignIn(_ binding: String, at now: Instant) throws -> DeniableSignIn? {
        guard var found = DeniableSignIn(binding: binding) else { return nil }
        found.sessions = try rows(
            """
            SELECT \(Session.columns) FROM sessions s
            WHERE s.subject = $1 AND (s.browser = $2 OR s.id = $3) AND s.idle_until > $4 AND s.expires_at > $4
            ORDER BY s.created_at DESC, s.id
            """,
            [.text(found.subject), .digest(found.browser), .text(found.sessionID), .instant(now)]
        ).map(Session.init)
        return found
    }

    /// What a stranger has opened with the browser: the sessions, and whatever was granted to apps in them. The browser is
    /// a stranger again, and the next sign-in with it is told. Which of the browsers that skip the
    /// second factor is the stranger's nobody knows: none does any more.
    fileprivate func end(_ denied: DeniableSignIn, at now: Instant) throws {
        let (subject, id) = (SQLValue.text(denied.subject), SQLValue.text(denied.sessionID))
        let browser = SQLValue.digest(denied.browser)
        try endGrants(
            """
            subject = $3 AND (
                session_id = $4
                OR session_id IN (SELECT s.id FROM sessions s WHERE s.subject = $3 AND s.browser = $5)
                OR (created_at >= $6 AND session_id NOT IN (SELECT s.id FROM sessions s WHERE s.subject = $3)))
            """,
            [subject, id, browser, .instant(denied.since)], because: .sessionEnded, at: now)
        try execute("DELETE FROM sessions WHERE subject = $1 AND (browser = $2 OR id = $3)", [subject, browser, id])
        try execute("DELETE FROM known_browsers WHERE subject = $1 AND browser = $2", [subject, browser])
        try forgetRemembered(of: denied.subject)
    }
}

import Identity
import OAuth

/// What ends together with a session or a person. `now` is when, for the record.
extension SQLConnection {
    /// Ends the grants that a condition names and that have not ended before; says how many those were.
    /// - Parameter condition: its values begin with `$3`.
    @discardableResult
    func endGrants(
        _ condition: String, _ values: [SQLValue], because ending: Grant.Ending, at now: Instant
    ) throws -> Int {
        try execute(
            "UPDATE grants SET revoked_at = $1, ended_by = $2 WHERE \(condition) AND revoked_at IS NULL",
            [.instant(now), .text(ending.rawValue)] + values)
    }

    /// Grants of one session that have no `offline_access`.
    func endOnlineGrants(ofSession id: String, of subject: String, at now: Instant) throws {
        try endGrants(
            "session_id = $3 AND subject = $4 AND is_offline = 0", [.text(id), .text(subject)],
            because: .sessionEnded, at: now)
    }

    /// Grants of all sessions of a person, those already gone included, but for one; `""` is no session's id.
    func endOnlineGrants(of subject: String, exceptSession id: String, at now: Instant) throws {
        try endGrants(
            "subject = $3 AND session_id <> $4 AND is_offline = 0", [.text(subject), .text(id)],
            because: .sessionEnded, at: now)
    }

    /// A disabled person keeps nothing: sessions are gone, and grants, offline ones too, stay dead should the
    /// account be enabled again. So do links and codes that were mailed, and those still waiting to be. News stays in the
    /// outbox, ways back first of all: a thief who deletes the account must not delete with it what warns its owner.
    func endEverything(of subject: String, at now: Instant) throws {
        try execute("DELETE FROM sessions WHERE subject = $1", [.text(subject)])
        try dropMailProofs(of: subject, at: now)
        try dropInvitations(by: subject)
        try execute(
            """
            DELETE FROM one_time_artefacts WHERE spent_at IS NULL AND (binding = $1 OR binding IN
                (SELECT a.canonical_email FROM accounts a WHERE a.id = $1))
            """, [.text(subject)])
        let entrances = Letter.Kind.allCases.filter(\.isEntrance).map(\.rawValue)
        let places = entrances.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        try execute(
            "DELETE FROM outbox WHERE account_id = $1 AND kind IN (\(places))",
            [.text(subject)] + entrances.map(SQLValue.text))
        try dropOffers(of: subject)
        try forgetRemembered(of: subject)
        try dropFactorRecovery(of: subject)
        try endGrants("subject = $3", [.text(subject)], because: .accountDisabled, at: now)
    }

    /// Changes nothing but who waits: an account's row comes before its links and its sessions, where several may be at
    /// it. Whoever has changed their own, and holds it while they wait for the account, is one that whoever ends all
    /// others would wait for.
    func hold(_ accountID: String) throws -> Bool {
        try execute("UPDATE accounts SET updated_at = updated_at WHERE id = $1", [.text(accountID)]) == 1
    }

    /// Ends what is open elsewhere than in the session that changes the password or the address, and says how many
    /// sessions that were: grants from there, offline ones too (B024), and the browsers that tries come from unhindered.
    /// What that session itself has granted stays.
    func endOtherAccess(of id: String, keeping sessionID: String, at now: Instant) throws -> Int {
        try endGrants(
            "subject = $3 AND session_id <> $4", [.text(id), .text(sessionID)], because: .credentialsChanged, at: now)
        try execute(
            """
            DELETE FROM known_browsers WHERE subject = $1 AND browser NOT IN
                (SELECT s.browser FROM sessions s WHERE s.id = $2 AND s.subject = $1)
            """, [.text(id), .text(sessionID)])
        try forgetRemembered(of: id)
        return try endSessions(of: id, except: sessionID, at: now)
    }

    /// Ends what links of staff have opened: nobody administers by somebody else's word. Whoever opened one before the
    /// person became administrator would otherwise be one as well.
    func endVouchedSessions(of id: String, at now: Instant) throws {
        for row in try rows("SELECT id, methods FROM sessions WHERE subject = $1", [.text(id)]) {
            var cursor = RowCursor(row)
            let session = try cursor.text()
            guard try !FreshAuthentication.isProof(cursor.strings()) else { continue }
            try endGrants(
                "subject = $3 AND session_id = $4", [.text(id), .text(session)], because: .sessionEnded, at: now)
            try execute("DELETE FROM sessions WHERE id = $1", [.text(session)])
        }
    }

    /// Ends all that gives access to an account, and says how many sessions that were: sessions and grants, offline ones
    /// too, links, codes and offers that are waited for, the way back in without a factor, and the browsers that tries
    /// come from unhindered or that skip the second factor. Factors stay: whoever comes by the mailbox is asked for one
    /// (MF6).
    func endAccess(of id: String, at now: Instant) throws -> Int {
        try endGrants("subject = $3", [.text(id)], because: .accountRecovered, at: now)
        let ended = try endSessions(of: id, except: nil, at: now)
        try dropMailProofs(of: id, at: now)
        try dropOffers(of: id)
        try execute("DELETE FROM known_browsers WHERE subject = $1", [.text(id)])
        try forgetRemembered(of: id)
        try dropFactorRecovery(of: id)
        return ended
    }

    /// At the first proof of a mailbox, whichever way it comes: ends all access, and forgets what was set up, decided and
    /// allowed before, for nobody knows by whom (ML9). Says how many sessions ended.
    func forgetBeforeProof(of id: String, at now: Instant) throws -> Int {
        for (table, column) in [
            ("sign_in_methods", "account_id"), ("account_preferences", "account_id"), ("consents", "subject"),
            ("upstream_identities", "account_id"), ("expected_identities", "account_id"),
            ("factors", "account_id"), ("backup_codes", "account_id"), ("factor_standings", "account_id"),
        ] {
            try execute("DELETE FROM \(table) WHERE \(column) = $1", [.text(id)])
        }
        return try endAccess(of: id, at: now)
    }

    /// Kills offers to come back, which name first whose they are.
    func dropOffers(of accountID: String) throws {
        try execute(
            """
            DELETE FROM one_time_artefacts
            WHERE kind = $1 AND spent_at IS NULL AND substr(binding, 1, length(CAST($2 AS TEXT))) = CAST($2 AS TEXT)
            """,
            [.text(OneTimeArtefact.Kind.comeBack.rawValue), .text(accountID + " ")])
    }
}

import Identity
import OAuth

extension Store: SessionStore {
    @discardableResult
    package func open(
        _ session: Session, replacing old: TokenDigest?, for authorization: TokenDigest?, at now: Instant
    ) async throws -> Bool {
        try await open(SessionOpening(session, replacing: old, for: authorization), at: now)
    }

    package func open(_ opening: SessionOpening, at now: Instant) async throws -> Bool {
        try await database.write { connection in try connection.open(opening, at: now) }
    }

    package func session(_ secret: TokenDigest, at now: Instant) async throws -> Session? {
        try await database.lookUp(
            """
            SELECT \(Session.columns) FROM sessions s JOIN accounts a ON a.id = s.subject
            WHERE s.secret = $1 AND s.idle_until > $2 AND s.expires_at > $2 AND a.status = 'active'
            """,
            [.digest(secret), .instant(now)]
        ).first.map(Session.init)
    }

    package func renew(
        _ old: TokenDigest, as renewed: Session, provenHash: String?, spending link: TokenDigest?, at now: Instant
    ) async throws -> Bool {
        try await database.write { connection in
            guard try connection.isActive(renewed.subject),
                try connection.isStillRight(provenHash, of: renewed.subject),
                try connection.canRenew(old, renewed, at: now)
            else { return false }
            if let link {
                guard try connection.spend(link, for: .freshness, at: now) else { return false }
            }
            return try connection.renew(old, as: renewed, at: now)
        }
    }

    /// Never wakes a session that has ended, nor gives one more time whose second factor is still to be proven.
    package func touch(_ secret: TokenDigest, idleUntil: Instant, at now: Instant) async throws {
        try await database.write { connection in
            _ = try connection.execute(
                """
                UPDATE sessions SET last_seen_at = $2, idle_until = $3
                WHERE secret = $1 AND is_half = 0 AND idle_until > $2 AND expires_at > $2
                """,
                [.digest(secret), .instant(now), .instant(idleUntil)])
        }
    }

    package func end(sessionID: String, of subject: String, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            let ended = try connection.execute(
                "DELETE FROM sessions WHERE id = $1 AND subject = $2", [.text(sessionID), .text(subject)])
            guard ended == 1 else { return false }
            try connection.endOnlineGrants(ofSession: sessionID, of: subject, at: now)
            return true
        }
    }

    /// Counts those that were still alive; what had run out is merely cleared away.
    package func endOthers(than kept: KeptSession, at now: Instant) async throws -> Int? {
        try await database.write { connection in
            guard try connection.isLive(kept, at: now) else { return nil }
            try connection.keep(kept)
            try connection.dropEntrances(of: kept.subject, at: now)
            try connection.forgetRemembered(of: kept.subject)
            return try connection.endSessions(of: kept.subject, except: kept.id, at: now)
        }
    }

    package func sessions(of subject: String, at now: Instant) async throws -> [Session] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Session.columns) FROM sessions s JOIN accounts a ON a.id = s.subject
                WHERE s.subject = $1 AND s.is_half = 0 AND s.idle_until > $2 AND s.expires_at > $2 AND a.status = 'active'
                ORDER BY s.last_seen_at DESC, s.created_at DESC, s.id
                """,
                [.text(subject), .instant(now)]
            ).map(Session.init)
        }
    }
}

extension SQLConnection {
    /// A person who was disabled while signing in gets no session: enabling the account again must not bring one to
    /// life. Nor does whoever's password was set anew meanwhile.
    func open(_ opening: SessionOpening, at now: Instant) throws -> Bool {
        let session = opening.session
        guard try isActive(session.subject), try isStillRight(opening.provenHash, of: session.subject) else {
            return false
        }
        if let old = opening.replaced { try replace(old, by: session, at: now) }
        let admitted = try admitted(opening, at: now)
        // Told also of a half one: whoever is so far knows the first factor.
        let notice = try isNews(session) ? opening.notice : nil
        try insert(admitted)
        if !admitted.isHalf { try welcome(admitted, at: now) }
        if let notice { try keep(notice) }
        try dropMagicLinks(of: session.subject, at: now)
        if let authorization = opening.authorization {
            _ = try record(.signedIn(session: session.id), on: authorization, at: now)
        }
        return true
    }

    /// The session as it may be opened. Decided in the write that opens it, for every way in alike (MF6): of somebody who
    /// has a factor it is half, unless a factor was proven just now, or is waived.
    private func admitted(_ opening: SessionOpening, at now: Instant) throws -> Session {
        var session = opening.session
        let factors = try rows("SELECT id FROM factors WHERE account_id = $1 LIMIT 1", [.text(session.subject)])
        guard !factors.isEmpty, session.proofs.factorTime == nil else { return session }
        guard let waiver = try opening.waiver.flatMap({ try standing($0, of: session, at: now) }) else {
            return session.halved(at: now)
        }
        session.waiver = waiver.word
        return session
    }

    private func standing(_ waiver: FactorWaiver, of session: Session, at now: Instant) throws -> FactorWaiver? {
        guard case .remembered(let token) = waiver else { return waiver }
        let used = try execute(
            "UPDATE remembered_browsers SET last_used_at = $3 WHERE account_id = $1 AND token = $2 AND expires_at > $3",
            [.text(session.subject), .digest(token), .instant(now)])
        return used == 1 ? waiver : nil
    }

    /// What follows from somebody being in, and not only at the door.
    func welcome(_ session: Session, at now: Instant) throws {
        try name(browserOf: session)
        for proof in session.proofs where !proof.isSecondFactor || session.proofs.count == 1 {
            try noteSignIn(by: proof.method, of: session.subject, at: proof.time)
        }
        try remember(session.browser, of: session.subject, at: now)
    }

    /// Asked before anything is written for a session: one that has ended, or whose secret was replaced meanwhile,
    /// changes nothing.
    func isLive(_ kept: KeptSession, at now: Instant) throws -> Bool {
        try !rows(
            """
            SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.subject
            WHERE s.secret = $1 AND s.id = $2 AND s.subject = $3 AND s.is_half = 0 AND s.idle_until > $4 AND s.expires_at > $4
                AND a.status = 'active'
            """,
            [.digest(kept.old), .text(kept.id), .text(kept.subject), .instant(now)]
        ).isEmpty
    }

    func keep(_ kept: KeptSession) throws {
        try execute("UPDATE sessions SET secret = $2 WHERE secret = $1", [.digest(kept.old), .digest(kept.new)])
    }

    func endSessions(of subject: String, except sessionID: String?, at now: Instant) throws -> Int {
        let kept = sessionID ?? ""
        let ended = try rows(
            "DELETE FROM sessions WHERE subject = $1 AND id <> $2 RETURNING idle_until, expires_at",
            [.text(subject), .text(kept)])
        try endOnlineGrants(of: subject, exceptSession: kept, at: now)
        return try ended.count { row in try min(row.integer(0), row.integer(1)) > now.seconds }
    }

    /// Whoever is halfway in must begin anew: what came first is another by now, or there is nothing to prove any more.
    func endHalfSessions(of subject: String, at now: Instant) throws {
        let ended = try rows("DELETE FROM sessions WHERE subject = $1 AND is_half = 1 RETURNING id", [.text(subject)])
        for row in ended { try endOnlineGrants(ofSession: row.text(0), of: subject, at: now) }
    }

    /// Somebody who signs in again on the same browser stays signed in at every client: the grants go over to
    /// the new session, where signing out finds them. Somebody else's end with the old one.
    fileprivate func replace(_ old: TokenDigest, by session: Session, at now: Instant) throws {
        let ended = try rows("DELETE FROM sessions WHERE secret = $1 RETURNING id, subject", [.digest(old)])
        guard let id = try ended.first?.text(0), let subject = try ended.first?.text(1) else { return }
        guard subject == session.subject else { return try endOnlineGrants(ofSession: id, of: subject, at: now) }
        try execute(
            "UPDATE grants SET session_id = $3 WHERE session_id = $1 AND subject = $2",
            [.text(id), .text(subject), .text(session.id)])
    }

    /// Asked before a code is spent for it: a session that has ended burns none.
    fileprivate func canRenew(_ old: TokenDigest, _ renewed: Session, at now: Instant) throws -> Bool {
        try !rows(
            "SELECT id FROM sessions WHERE secret = $1 AND id = $2 AND is_half = 0 AND idle_until > $3 AND expires_at > $3",
            [.digest(old), .text(renewed.id), .instant(now)]
        ).isEmpty
    }

    fileprivate func renew(_ old: TokenDigest, as renewed: Session, at now: Instant) throws -> Bool {
        let changed = try execute(
            """
            UPDATE sessions SET secret = $2, authenticated_at = $3, methods = $4, level = $5, last_seen_at = $6,
                idle_until = $7, proofs = $10, factor_at = $11
            WHERE secret = $1 AND id = $8 AND subject = $9 AND is_half = 0 AND idle_until > $6 AND expires_at > $6
            """,
            [
                .digest(old), .digest(renewed.secret), .instant(renewed.authenticatedAt),
                .strings(renewed.methods), .text(renewed.level), .instant(now), .instant(renewed.idleUntil),
                .text(renewed.id), .text(renewed.subject), .text(Proof.ledger(renewed.proofs)),
                renewed.proofs.factorTime.map(SQLValue.instant) ?? .null,
            ])
        guard changed == 1 else { return false }
        for proof in renewed.proofs where proof.time == renewed.authenticatedAt && !proof.isSecondFactor {
            try noteSignIn(by: proof.method, of: renewed.subject, at: proof.time)
        }
        return true
    }

    /// Whether a password that was proven against a hash still is the account's; without one nothing was proven by it.
    fileprivate func isStillRight(_ hash: String?, of subject: String) throws -> Bool {
        guard let hash else { return true }
        return try !rows(
            "SELECT id FROM accounts WHERE id = $1 AND password_hash = $2", [.text(subject), .text(hash)]
        ).isEmpty
    }

    fileprivate func isActive(_ subject: String) throws -> Bool {
        try !rows("SELECT id FROM accounts WHERE id = $1 AND status = 'active'", [.text(subject)]).isEmpty
    }
}

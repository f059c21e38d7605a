import OAuth

extension Store: AuthorizationStore {
    package func keep(_ pending: PendingAuthorization) async throws {
        try await database.write { connection in try connection.insert(pending) }
    }

    package func pending(_ handle: TokenDigest, at now: Instant) async throws -> PendingAuthorization? {
        try await database.lookUp(
            "SELECT \(PendingAuthorization.columns) FROM pending_authorizations WHERE handle = $1 AND expires_at > $2",
            [.digest(handle), .instant(now)]
        ).first.map(PendingAuthorization.init)
    }

    package func record(
        _ fact: PendingAuthorization.Fact, on handle: TokenDigest, at now: Instant
    ) async throws -> Bool {
        try await database.write { connection in try connection.record(fact, on: handle, at: now) }
    }

    /// The session is looked at before anything is written, so that a refusal needs no way back; that both
    /// see one state is what a write promises.
    package func finish(_ handle: TokenDigest?, with code: AuthorizationCode, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            guard try connection.hasLiveSession(code.grant.authentication, at: now) else { return false }
            if let handle {
                let taken = try connection.execute(
                    "DELETE FROM pending_authorizations WHERE handle = $1 AND expires_at > $2",
                    [.digest(handle), .instant(now)])
                guard taken == 1 else { return false }
            }
            try connection.insert(code.grant)
            try connection.insert(code)
            return true
        }
    }

    package func abandon(_ handle: TokenDigest) async throws -> Bool {
        try await database.write { connection in
            try connection.execute("DELETE FROM pending_authorizations WHERE handle = $1", [.digest(handle)]) == 1
        }
    }
}

extension SQLConnection {
    func record(_ fact: PendingAuthorization.Fact, on handle: TokenDigest, at now: Instant) throws -> Bool {
        let row = "WHERE handle = $1 AND expires_at > $2"
        let key: [SQLValue] = [.digest(handle), .instant(now)]
        let changed =
            switch fact {
            case .signedIn(let session):
                try execute(
                    "UPDATE pending_authorizations SET signed_in_session = $3 \(row)", key + [.text(session)])
            case .provedFactor(let session):
                try execute("UPDATE pending_authorizations SET factor_session = $3 \(row)", key + [.text(session)])
            case .chose(let subject):
                try execute("UPDATE pending_authorizations SET chosen_subject = $3 \(row)", key + [.text(subject)])
            case .consented(let scopes, let subject):
                try execute(
                    "UPDATE pending_authorizations SET consented_scopes = $3, consented_subject = $4 \(row)",
                    key + [.scopes(scopes), .text(subject)])
            }
        return changed == 1
    }

    /// Whether the sign-in that a grant rests on still stands: session open, person active.
    fileprivate func hasLiveSession(_ authentication: Authentication, at now: Instant) throws -> Bool {
        try !rows(
            """
            SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.subject
            WHERE s.id = $1 AND s.subject = $2 AND s.is_half <= $4 AND s.idle_until > $3 AND s.expires_at > $3
                AND a.status = 'active'
            """,
            [
                .text(authentication.sessionID), .text(authentication.subject), .instant(now),
                .integer(authentication.isHalf ? 1 : 0),
            ]
        ).isEmpty
    }
}

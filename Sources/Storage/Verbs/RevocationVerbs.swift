import OAuth

/// The half of `GrantStore` that ends things, and the look-up that shows it (TK12, TK14). Nothing that hangs
/// from a grant is touched: it is alive only as long as its grant is.
extension Store {
    @discardableResult
    package func revokeGrant(_ id: String, because ending: Grant.Ending, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            try connection.endGrants("id = $3", [.text(id)], because: ending, at: now) == 1
        }
    }

    package func revokeGrants(of subject: String, to clientID: String, at now: Instant) async throws {
        try await database.write { connection in
            try connection.endGrants(
                "subject = $3 AND client_id = $4", [.text(subject), .text(clientID)], because: .accessTakenAway, at: now
            )
            try connection.execute(
                "DELETE FROM consents WHERE subject = $1 AND client_id = $2", [.text(subject), .text(clientID)])
        }
    }

    package func revokeAccessToken(id: String, until expiry: Instant, at now: Instant) async throws {
        try await database.write { connection in
            _ = try connection.insert(
                into: "revoked_access_tokens",
                ["id": .text(id), "revoked_at": .instant(now), "expires_at": .instant(expiry)],
                orElse: "ON CONFLICT (id) DO NOTHING")
        }
    }

    /// What was issued before the database was put back from a backup is dead (OP3): its revocation may be lost.
    package func standing(
        ofAccessToken id: String, grantID: String?, issuedAt: Instant, at now: Instant
    ) async throws -> AccessTokenStanding? {
        guard let grantID else {
            return try await database.lookUp(
                """
                SELECT 1 WHERE NOT EXISTS (SELECT r.id FROM revoked_access_tokens r WHERE r.id = $1)
                    AND NOT EXISTS (SELECT e.number FROM restore_epochs e WHERE e.epoch > $2)
                """,
                [.text(id), .instant(issuedAt)]
            ).first.map { _ in AccessTokenStanding(authentication: nil) }
        }
        return try await database.lookUp(
            """
            SELECT \(Authentication.columns) FROM \(LiveAccessToken.table) WHERE \(LiveAccessToken.condition)
            """,
            LiveAccessToken.values(id, grantID: grantID, issuedAt: issuedAt, at: now)
        ).first.map { row in
            var cursor = RowCursor(row)
            return AccessTokenStanding(authentication: try Authentication(&cursor))
        }
    }
}

/// What makes an access token alive that hangs from a grant, by what is stored: rows of its grant and person.
enum LiveAccessToken {
    static let table = "grants g JOIN accounts a ON a.id = g.subject"
    static let condition = """
        g.id = $1 AND g.revoked_at IS NULL AND g.expires_at > $2 AND a.status = 'active'
            AND NOT EXISTS (SELECT t.id FROM revoked_access_tokens t WHERE t.id = $3)
            AND NOT EXISTS (SELECT e.number FROM restore_epochs e WHERE e.epoch > $4)
        """

    static func values(_ id: String, grantID: String, issuedAt: Instant, at now: Instant) -> [SQLValue] {
        [.text(grantID), .instant(now), .text(id), .instant(issuedAt)]
    }
}

import OAuth

extension Store: GrantStore {
    package func code(_ digest: TokenDigest) async throws -> AuthorizationCode? {
        try await database.lookUp(LookUps.code, [.digest(digest)]).first.map(AuthorizationCode.init)
    }

    package func redeem(_ code: TokenDigest, issuing tokens: KeptTokens, at now: Instant) async throws -> Bool {
        try await spend(
            """
            UPDATE authorization_codes SET spent_at = $2
            WHERE digest = $1 AND spent_at IS NULL AND expires_at > $2 AND \(SpendableGrant.condition)
            RETURNING grant_id
            """,
            [.digest(code), .instant(now)], issuing: tokens)
    }

    package func refreshToken(_ digest: TokenDigest) async throws -> RefreshToken? {
        try await database.lookUp(LookUps.refreshToken, [.digest(digest)]).first.map(RefreshToken.init)
    }

    package func rotate(_ token: TokenDigest, issuing tokens: KeptTokens, at now: Instant) async throws -> Bool {
        try await spend(
            """
            UPDATE refresh_tokens SET spent_at = $2
            WHERE digest = $1 AND spent_at IS NULL AND idle_until > $2 AND \(SpendableGrant.condition)
            RETURNING grant_id
            """,
            [.digest(token), .instant(now)], issuing: tokens
        ) { connection in
            guard let answer = tokens.answer, let successor = tokens.refreshToken else { return }
            try connection.insert(answer, to: token, followedBy: successor.digest)
        }
    }

    package func use(
        _ token: TokenDigest, idleUntil: Instant, issuing tokens: KeptTokens, at now: Instant
    ) async throws -> Bool {
        try await spend(
            """
            UPDATE refresh_tokens SET idle_until = $3
            WHERE digest = $1 AND spent_at IS NULL AND idle_until > $2 AND \(SpendableGrant.condition)
            RETURNING grant_id
            """,
            [.digest(token), .instant(now), .instant(idleUntil)], issuing: tokens)
    }

    package func keep(_ token: OpaqueAccessToken) async throws {
        try await database.conditionalWrite { connection in try connection.insert(token, of: token.grantID) }
    }

    package func accessToken(_ digest: TokenDigest) async throws -> OpaqueAccessToken? {
        try await database.lookUp(LookUps.accessToken, [.digest(digest)]).first.map(OpaqueAccessToken.init)
    }

    package func grant(_ id: String) async throws -> Grant? {
        try await database.lookUp(LookUps.grant, [.text(id)]).first.map { row in
            var cursor = RowCursor(row)
            return try Grant(&cursor)
        }
    }

    package func offlineGrants(of subject: String, at now: Instant) async throws -> [Grant] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Grant.columns) FROM grants g
                WHERE g.subject = $1 AND g.is_offline = 1 AND g.revoked_at IS NULL AND g.expires_at > $2
                ORDER BY g.created_at DESC, g.id
                """,
                [.text(subject), .instant(now)]
            ).map { row in
                var cursor = RowCursor(row)
                return try Grant(&cursor)
            }
        }
    }

    /// One conditional write, whose row is the permission to issue (IN3). What is issued hangs from the grant
    /// that was found, whatever the caller thought.
    private func spend(
        _ sql: String, _ values: [SQLValue], issuing tokens: KeptTokens,
        and more: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }
    ) async throws -> Bool {
        try await database.conditionalWrite(SQLStatement(sql, values)) { rows, connection in
            guard let grantID = try rows.first?.text(0) else { return false }
            if let token = tokens.refreshToken { try connection.insert(token, of: grantID) }
            if let token = tokens.accessToken { try connection.insert(token, of: grantID) }
            try more(connection)
            return true
        }
    }
}

/// What is asked with every request, put together once.
private enum LookUps {
    static let code = """
        SELECT \(AuthorizationCode.columns) FROM authorization_codes c JOIN grants g ON g.id = c.grant_id
        WHERE c.digest = $1
        """
    static let refreshToken = """
        SELECT \(RefreshToken.columns) FROM refresh_tokens t JOIN grants g ON g.id = t.grant_id WHERE t.digest = $1
        """
    static let accessToken = "SELECT \(OpaqueAccessToken.columns) FROM access_tokens WHERE digest = $1"
    static let grant = "SELECT \(Grant.columns) FROM grants g WHERE g.id = $1"
}

/// What a code or refresh token must hang from to be worth anything.
enum SpendableGrant {
    /// `$2` is the time, `grant_id` the column of the row that is spent.
    static let condition = """
        EXISTS (
            SELECT g.id FROM grants g JOIN accounts a ON a.id = g.subject
            WHERE g.id = grant_id AND g.revoked_at IS NULL AND g.expires_at > $2 AND a.status = 'active'
        )
        """
}

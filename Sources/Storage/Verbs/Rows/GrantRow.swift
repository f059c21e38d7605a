import OAuth

extension Grant {
    /// For joins: the grant comes first, what hangs from it behind.
    static let columns = """
        g.id, g.client_id, \(Authentication.columns), g.scopes, g.resources, g.nonce, g.claims_request, g.created_at, \
        g.expires_at, g.revoked_at, g.ended_by
        """

    init(_ cursor: inout RowCursor) throws {
        self.init(
            id: try cursor.text(), clientID: try cursor.text(),
            authentication: try Authentication(&cursor),
            scopes: try cursor.scopes(), resources: try cursor.strings(), nonce: try cursor.optionalText(),
            claimsRequest: try cursor.optionalText(), createdAt: try cursor.instant(),
            expiresAt: try cursor.instant(), revokedAt: try cursor.optionalInstant(),
            ending: try cursor.optionalText().flatMap(Grant.Ending.init))
    }
}

extension Authentication {
    /// As grants keep it.
    static let columns = "g.subject, g.session_id, g.auth_time, g.methods, g.level"

    init(_ cursor: inout RowCursor) throws {
        self.init(
            subject: try cursor.text(), sessionID: try cursor.text(), time: try cursor.instant(),
            methods: try cursor.strings(), level: try cursor.text())
    }
}

extension SQLConnection {
    func insert(_ grant: Grant) throws {
        try insert(
            into: "grants",
            [
                "id": .text(grant.id),
                "client_id": .text(grant.clientID),
                "subject": .text(grant.authentication.subject),
                "session_id": .text(grant.authentication.sessionID),
                "auth_time": .instant(grant.authentication.time),
                "methods": .strings(grant.authentication.methods),
                "level": .text(grant.authentication.level),
                "scopes": .scopes(grant.scopes),
                "resources": .strings(grant.resources),
                "nonce": .text(grant.nonce),
                "claims_request": .text(grant.claimsRequest),
                "is_offline": .flag(grant.isOffline),
                "created_at": .instant(grant.createdAt),
                "expires_at": .instant(grant.expiresAt),
                "revoked_at": .instant(grant.revokedAt),
                "ended_by": .text(grant.ending?.rawValue),
            ])
    }
}

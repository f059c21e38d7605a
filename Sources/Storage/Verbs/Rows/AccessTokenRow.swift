import OAuth

extension OpaqueAccessToken {
    static let columns = "digest, id, grant_id, client_id, subject, scopes, audience, issued_at, expires_at"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        self.init(
            digest: try cursor.digest(), id: try cursor.text(), grantID: try cursor.optionalText(),
            clientID: try cursor.text(), subject: try cursor.text(), scopes: try cursor.scopes(),
            audience: try cursor.strings(), issuedAt: try cursor.instant(), expiresAt: try cursor.instant())
    }
}

extension SQLConnection {
    func insert(_ token: OpaqueAccessToken, of grantID: String?) throws {
        try insert(
            into: "access_tokens",
            [
                "digest": .digest(token.digest),
                "id": .text(token.id),
                "grant_id": .text(grantID),
                "client_id": .text(token.clientID),
                "subject": .text(token.subject),
                "scopes": .scopes(token.scopes),
                "audience": .strings(token.audience),
                "issued_at": .instant(token.issuedAt),
                "expires_at": .instant(token.expiresAt),
            ])
    }
}

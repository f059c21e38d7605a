import OAuth

extension RefreshToken {
    static let columns = "\(Grant.columns), t.digest, t.issued_at, t.idle_until, t.spent_at"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let grant = try Grant(&cursor)
        self.init(
            digest: try cursor.digest(), grant: grant, issuedAt: try cursor.instant(),
            idleUntil: try cursor.instant(), spentAt: try cursor.optionalInstant())
    }
}

extension SQLConnection {
    func insert(_ token: RefreshToken, of grantID: String) throws {
        try insert(
            into: "refresh_tokens",
            [
                "digest": .digest(token.digest),
                "grant_id": .text(grantID),
                "issued_at": .instant(token.issuedAt),
                "idle_until": .instant(token.idleUntil),
                "spent_at": .instant(token.spentAt),
            ])
    }
}

import OAuth

extension AuthorizationCode {
    static let columns = """
        \(Grant.columns), c.digest, c.redirect_uri, c.redirect_uri_was_sent, c.code_challenge, c.expires_at, c.spent_at
        """

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let grant = try Grant(&cursor)
        self.init(
            digest: try cursor.digest(), grant: grant, redirectURI: try cursor.text(),
            redirectURIWasSent: try cursor.flag(), codeChallenge: try cursor.optionalText(),
            expiresAt: try cursor.instant(), spentAt: try cursor.optionalInstant())
    }
}

extension SQLConnection {
    /// The code alone; its grant is a row of its own.
    func insert(_ code: AuthorizationCode) throws {
        try insert(
            into: "authorization_codes",
            [
                "digest": .digest(code.digest),
                "grant_id": .text(code.grant.id),
                "redirect_uri": .text(code.redirectURI),
                "redirect_uri_was_sent": .flag(code.redirectURIWasSent),
                "code_challenge": .text(code.codeChallenge),
                "expires_at": .instant(code.expiresAt),
                "spent_at": .instant(code.spentAt),
            ])
    }
}

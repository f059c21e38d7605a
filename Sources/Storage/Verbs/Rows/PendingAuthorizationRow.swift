import OAuth

extension PendingAuthorization {
    static let columns = """
        handle, browser, parameters, signed_in_session, factor_session, chosen_subject, consented_scopes, \
        consented_subject, created_at, expires_at
        """

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let handle = try cursor.digest()
        let browser = try cursor.digest()
        let parameters = try cursor.parameters()
        var facts = Facts()
        facts.signedInSession = try cursor.optionalText()
        facts.factorSession = try cursor.optionalText()
        facts.chosenSubject = try cursor.optionalText()
        facts.consentedScopes = try cursor.optionalScopes()
        facts.consentedSubject = try cursor.optionalText()
        self.init(
            handle: handle, browser: browser, parameters: parameters, facts: facts,
            createdAt: try cursor.instant(), expiresAt: try cursor.instant())
    }
}

extension SQLConnection {
    func insert(_ pending: PendingAuthorization) throws {
        try insert(
            into: "pending_authorizations",
            [
                "handle": .digest(pending.handle),
                "browser": .digest(pending.browser),
                "parameters": .parameters(pending.parameters),
                "signed_in_session": .text(pending.facts.signedInSession),
                "factor_session": .text(pending.facts.factorSession),
                "chosen_subject": .text(pending.facts.chosenSubject),
                "consented_scopes": .scopes(pending.facts.consentedScopes),
                "consented_subject": .text(pending.facts.consentedSubject),
                "created_at": .instant(pending.createdAt),
                "expires_at": .instant(pending.expiresAt),
            ])
    }
}

import Identity
import OAuth

extension UpstreamAttempt {
    static let columns = "state, provider, browser, link_account, link_session, query, created_at, expires_at"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let state = try cursor.digest()
        let provider = try cursor.text()
        let browser = try cursor.digest()
        let (account, session) = (try cursor.optionalText(), try cursor.optionalText())
        var intent = Intent.signIn
        if let account, let session { intent = .link(accountID: account, sessionID: session) }
        self.init(
            state: state, provider: provider, browser: browser, intent: intent, query: try cursor.text(),
            createdAt: try cursor.instant(), expiresAt: try cursor.instant())
    }

    fileprivate var link: (account: String?, session: String?) {
        switch intent {
        case .signIn: (nil, nil)
        case .link(let account, let session): (account, session)
        }
    }
}

extension LinkedIdentity {
    static let columns = "provider, subject, account_id, label, linked_at, last_used_at"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let key = UpstreamIdentity.Key(provider: try cursor.text(), subject: try cursor.text())
        self.init(
            key: key, accountID: try cursor.text(), label: try cursor.optionalText(), linkedAt: try cursor.instant(),
            lastUsedAt: try cursor.optionalInstant())
    }
}

extension PendingIdentity {
    static let columns = """
        browser, provider, subject, email, is_email_verified, name, given_name, family_name, label, need, query, \
        expires_at
        """

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let browser = try cursor.digest()
        var identity = UpstreamIdentity(try cursor.text(), subject: try cursor.text())
        if let email = try cursor.optionalText() {
            guard let address = EmailAddress(email) else { throw StorageError.corrupt("pending identity: e-mail") }
            identity.email = address
        }
        identity.isEmailVerified = try cursor.flag()
        identity.name = try cursor.optionalText()
        identity.givenName = try cursor.optionalText()
        identity.familyName = try cursor.optionalText()
        identity.label = try cursor.optionalText()
        guard let need = Need(rawValue: try cursor.text()) else {
            throw StorageError.corrupt("pending identity: need")
        }
        self.init(
            browser: browser, identity: identity, need: need, query: try cursor.text(),
            expiresAt: try cursor.instant())
    }
}

extension SQLConnection {
    func insert(_ attempt: UpstreamAttempt) throws {
        try insert(
            into: "upstream_attempts",
            [
                "state": .digest(attempt.state),
                "provider": .text(attempt.provider),
                "browser": .digest(attempt.browser),
                "link_account": .text(attempt.link.account),
                "link_session": .text(attempt.link.session),
                "query": .text(attempt.query),
                "created_at": .instant(attempt.createdAt),
                "expires_at": .instant(attempt.expiresAt),
            ])
    }

    /// Without its tokens: they are not kept while nobody knows whose they are.
    func insert(_ pending: PendingIdentity) throws {
        let identity = pending.identity
        try insert(
            into: "pending_identities",
            [
                "browser": .digest(pending.browser),
                "provider": .text(identity.key.provider),
                "subject": .text(identity.key.subject),
                "email": .text(identity.email?.typed),
                "is_email_verified": .flag(identity.isEmailVerified),
                "name": .text(identity.name),
                "given_name": .text(identity.givenName),
                "family_name": .text(identity.familyName),
                "label": .text(identity.label),
                "need": .text(pending.need.rawValue),
                "query": .text(pending.query),
                "expires_at": .instant(pending.expiresAt),
            ])
    }

    func insert(_ expected: ExpectedIdentity, of accountID: String) throws {
        try insert(
            into: "expected_identities",
            [
                "provider": .text(expected.provider), "canonical_email": .text(expected.canonicalEmail),
                "account_id": .text(accountID),
            ])
    }

    /// `false`, and nothing written, when it is somebody's.
    func insert(
        _ identity: UpstreamIdentity, tokens: [UInt8]? = nil, of accountID: String, lastUsed: Instant?,
        at now: Instant
    ) throws -> Bool {
        try insert(
            into: "upstream_identities",
            [
                "provider": .text(identity.key.provider),
                "subject": .text(identity.key.subject),
                "account_id": .text(accountID),
                "label": .text(identity.label),
                "tokens": tokens.map(SQLValue.bytes) ?? .null,
                "linked_at": .instant(now),
                "last_used_at": .instant(lastUsed),
            ], orElse: "ON CONFLICT DO NOTHING") == 1
    }
}

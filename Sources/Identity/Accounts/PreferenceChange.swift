import OAuth

/// A person decides about their sign-in (B092-B097). Whatever weakens its protection is told by mail and recorded.
package struct PreferenceChange: Sendable {
    private let store: any PreferenceStore
    private let postbox: Postbox
    private let audit: any AuditLog

    package init(store: any PreferenceStore, postbox: Postbox, audit: any AuditLog) {
        self.store = store
        self.postbox = postbox
        self.audit = audit
    }

    package func preferences(of account: Account) async throws -> Preferences {
        try await store.preferences(of: account.id)
    }

    /// Links by mail, off until their person switches them on (B086). `false` when that is how it was.
    package func setMagicLinks(
        _ isOn: Bool, of account: Account, from visitor: Visitor, at now: Instant
    ) async throws -> Bool {
        let letters = isOn ? [try letter(.magicLinksTurnedOn, account, visitor, now)] : []
        guard try await store.decide(.magicLinks(isOn), of: account.id, mailing: letters) else { return false }
        record("magic_links", isOn ? "on" : "off", account)
        return true
    }

    /// Of which sign-ins a person hears. That nobody will hear of any is the last that is told. `false` when that is
    /// how it was.
    package func setNotices(
        _ notices: Preferences.SignInNotices, of account: Account, from visitor: Visitor, at now: Instant
    ) async throws -> Bool {
        let letters = notices == .none ? [try letter(.noticesTurnedOff, account, visitor, now)] : []
        guard try await store.decide(.signInNotices(notices), of: account.id, mailing: letters) else { return false }
        record("sign_in_notices", notices.rawValue, account)
        return true
    }

    private func letter(
        _ kind: Letter.Kind, _ account: Account, _ visitor: Visitor, _ now: Instant
    ) throws -> SealedLetter {
        let letter = Letter(
            kind, to: account.email, about: account.id, name: account.profile.name, path: "/account/preferences",
            facts: Letter.facts(about: visitor, at: now), expiresAt: now + Letter.newsLifetime)
        return try postbox.seal(letter, at: now)
    }

    private func record(_ preference: String, _ value: String, _ account: Account) {
        let details = ["preference": preference, "value": value]
        audit.record(AuditEvent(.preferenceChanged, subject: account.id, details: details))
    }
}

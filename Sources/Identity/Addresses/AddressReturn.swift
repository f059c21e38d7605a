import OAuth

/// Taking back a change of address by the mail that went to the address before it. Nobody need be signed in, for whoever
/// took the account over may have locked its person out.
package struct AddressReturn: Sendable {
    static func path(_ link: OpaqueToken) -> String { "/address-undo/\(link.plaintext)" }

    private let accounts: any AccountStore
    private let store: any AddressStore
    private let postbox: Postbox
    private let audit: any AuditLog

    package init(accounts: any AccountStore, store: any AddressStore, postbox: Postbox, audit: any AuditLog) {
        self.accounts = accounts
        self.store = store
        self.postbox = postbox
        self.audit = audit
    }

    /// What a link would put back. Spends nothing: a GET asks this (ML3).
    package func undo(_ presented: String, at now: Instant) async throws -> AddressUndo? {
        guard let link = OpaqueToken(.addressUndo, presented: presented) else { return nil }
        return try await store.addressUndo(link: link.digest, at: now)
    }

    package func takeBack(
        _ presented: String, from visitor: Visitor, at now: Instant
    ) async throws -> AddressUndo.Outcome {
        guard let undo = try await undo(presented, at: now),
            let account = try await accounts.account(id: undo.accountID)
        else { return refused(.dead, subject: nil) }
        let letter = Letter(
            .addressRestored, to: account.email, about: account.id, name: account.profile.name,
            facts: [(.emailAddress, undo.address.typed), (.time, String(now.seconds))],
            expiresAt: now + Letter.newsLifetime)
        // To the address in force when nothing was changed: then there is nobody to tell.
        let sealed =
            account.email.canonical == undo.address.canonical
            ? try postbox.blank(letter, at: now) : try postbox.seal(letter, at: now)
        let outcome = try await store.undoAddressChange(link: undo.link, mailing: sealed, at: now)
        guard case .undone(let wasChanged, let ended) = outcome else { return refused(outcome, subject: account.id) }
        audit.record(
            AuditEvent(
                .addressRestored, subject: account.id, details: ["reason": wasChanged ? "undone" : "stopped"]))
        if ended > 0 {
            let details = ["count": String(ended), "reason": "address_restored"]
            audit.record(AuditEvent(.sessionEnded, subject: account.id, details: details))
        }
        return outcome
    }

    private func refused(_ outcome: AddressUndo.Outcome, subject: String?) -> AddressUndo.Outcome {
        let reason = outcome == .taken ? "address_taken" : "unknown_used_or_expired"
        audit.record(AuditEvent(.addressUndoRefused, subject: subject, details: ["reason": reason]))
        return outcome
    }
}

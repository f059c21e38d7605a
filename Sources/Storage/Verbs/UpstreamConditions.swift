import Identity
import OAuth

/// What an entry by a provider may follow from.
extension SQLConnection {
    /// Whether somebody may be signed in to the account: active, with a proven address.
    func isOpen(_ accountID: String) throws -> Bool {
        try !rows(
            "SELECT id FROM accounts WHERE id = $1 AND status = 'active' AND email_verified = 1", [.text(accountID)]
        ).isEmpty
    }

    /// The same, and its address still is this one.
    func isOpen(_ accountID: String, at address: EmailAddress) throws -> Bool {
        try !rows(
            """
            SELECT id FROM accounts
            WHERE id = $1 AND canonical_email = $2 AND status = 'active' AND email_verified = 1
            """, [.text(accountID), .text(address.canonical)]
        ).isEmpty
    }

    /// Whether the account, active, still waits for the first proof of this address.
    func isUnproven(_ account: Account) throws -> Bool {
        try !rows(
            """
            SELECT id FROM accounts
            WHERE id = $1 AND canonical_email = $2 AND status = 'active' AND email_verified = 0
            """, [.text(account.id), .text(account.email.canonical)]
        ).isEmpty
    }

    /// Whether the link is live, was asked for in this browser and written to the account's address, for this account or
    /// for none.
    func isProven(by link: TokenDigest, _ entry: UpstreamEntry, at now: Instant) throws -> Bool {
        try !rows(
            """
            SELECT link FROM mail_proofs
            WHERE link = $1 AND purpose = $2 AND browser = $3 AND canonical_email = $4
                AND (account_id IS NULL OR account_id = $5) AND spent_at IS NULL AND expires_at > $6
            """,
            [
                .digest(link), .text(MailProof.Purpose.upstream.rawValue), .digest(entry.browser),
                .text(entry.account.email.canonical), .text(entry.account.id), .instant(now),
            ]
        ).isEmpty
    }

    /// Whether the identity of the entry waits in its browser; to be connected with the account of an address, it is still
    /// this account's.
    func isWaiting(_ entry: UpstreamEntry, at now: Instant) throws -> Bool {
        let key = entry.identity.key
        let needs = try rows(
            """
            SELECT need FROM pending_identities
            WHERE browser = $1 AND provider = $2 AND subject = $3 AND expires_at > $4
            """, [.digest(entry.browser), .text(key.provider), .text(key.subject), .instant(now)]
        ).map { try $0.text(0) }
        guard let need = needs.first else { return false }
        guard need == PendingIdentity.Need.account.rawValue else { return true }
        return try entry.identity.provenEmail.map { try isOpen(entry.account.id, at: $0) } ?? false
    }

    /// Whether the account's person has proven just now, in this session, who they are (SO8).
    func isFresh(_ secret: TokenDigest, of accountID: String, at now: Instant) throws -> Bool {
        try liveSession(secret, of: accountID, at: now)?.isFresh(at: now) ?? false
    }

    func liveSession(_ secret: TokenDigest, of accountID: String, at now: Instant) throws -> Session? {
        try rows(
            """
            SELECT \(Session.columns) FROM sessions s JOIN accounts a ON a.id = s.subject
            WHERE s.secret = $1 AND s.subject = $2 AND s.is_half = 0 AND s.idle_until > $3 AND s.expires_at > $3
                AND a.status = 'active'
            """, [.digest(secret), .text(accountID), .instant(now)]
        ).first.map(Session.init)
    }
}

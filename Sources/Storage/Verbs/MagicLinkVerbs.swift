import Identity
import OAuth

extension Store: MagicLinkStore {
    package func signIn(_ entry: MagicLinkEntry, at now: Instant) async throws -> MagicLinkEntry.Outcome {
        try await database.write { connection in
            let id = entry.account.id
            guard let isProven = try connection.isProven(entry, at: now) else { return .dead }
            guard try connection.passes(entry.gate, id) else { return .gate }
            guard try connection.spendAlone(entry, at: now) else {
                throw StorageError.corrupt("a link that is live is spent within one write")
            }
            if entry.provesMailbox, !isProven { try connection.proveFirst(entry, at: now) }
            guard try connection.open(entry.opening, at: now) else {
                throw StorageError.corrupt("a person who may enter is refused within one write")
            }
            return .opened
        }
    }

    package func spend(link: TokenDigest, for purpose: MailProof.Purpose, at now: Instant) async throws -> Bool {
        try await database.write { connection in try connection.spend(link, for: purpose, at: now) }
    }

    package func fate(ofLink link: TokenDigest, for purpose: MailProof.Purpose) async throws -> MailProofFate? {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(MailProofFate.columns) FROM mail_proofs WHERE link = $1 AND purpose = $2",
                [.digest(link), .text(purpose.rawValue)]
            ).first.map(MailProofFate.init)
        }
    }

    package func fate(
        spentBy browser: TokenDigest, for purpose: MailProof.Purpose
    ) async throws -> MailProofFate? {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(MailProofFate.columns) FROM mail_proofs
                WHERE browser = $1 AND purpose = $2 AND spent_at IS NOT NULL AND ended_as IS NULL
                ORDER BY spent_at DESC, link LIMIT 1
                """,
                [.digest(browser), .text(purpose.rawValue)]
            ).first.map(MailProofFate.init)
        }
    }
}

extension SQLConnection {
    /// Whether the mailbox was proven before; `nil` when the link is not live, or not of this account as it is now.
    fileprivate func isProven(_ entry: MagicLinkEntry, at now: Instant) throws -> Bool? {
        try rows(
            """
            SELECT a.email_verified FROM accounts a JOIN mail_proofs p ON p.account_id = a.id
            WHERE a.id = $1 AND a.canonical_email = p.canonical_email AND a.canonical_email = $2 AND p.link = $3
                AND p.purpose = $4 AND p.spent_at IS NULL AND p.expires_at > $5 AND a.status = 'active'
            """,
            [
                .text(entry.account.id), .text(entry.account.email.canonical), .digest(entry.link),
                .text(entry.purpose.rawValue), .instant(now),
            ]
        ).first.map { try $0.integer(0) != 0 }
    }

    /// Spends the link and ends all others of the account in one statement: many that are used at once wait for each
    /// other in one order, and not in a circle.
    fileprivate func spendAlone(_ entry: MagicLinkEntry, at now: Instant) throws -> Bool {
        try endMagicLinks(of: entry.account.id, spending: entry.link, at: now).contains(entry.link)
    }

    /// The first proof of a mailbox: nobody knows who set up what was there before, a password above all (ML9). That
    /// links were switched on stays: they lead to the mailbox that was just proven.
    fileprivate func proveFirst(_ entry: MagicLinkEntry, at now: Instant) throws {
        let id = entry.account.id
        let hadLinks = try preferences(of: id).magicLinks
        _ = try forgetBeforeProof(of: id, at: now)
        try execute(
            "UPDATE accounts SET email_verified = 1, password_hash = NULL, updated_at = $2 WHERE id = $1",
            [.text(id), .instant(now)])
        if hadLinks { try keep(Preferences(magicLinks: true), of: id) }
        if let welcome = entry.welcome { try post(welcome) }
    }
}

extension MailProofFate {
    fileprivate static let columns = "browser, account_id, spent_at, ended_as"

    fileprivate init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let browser = try cursor.digest()
        let accountID = try cursor.optionalText()
        let spentAt = try cursor.optionalInstant()
        let endedAs = try cursor.optionalText()
        let endedAt = endedAs == "expired" ? nil : spentAt
        self.init(
            browser: browser, accountID: accountID, endedAt: endedAt, isSpent: endedAt != nil && endedAs == nil)
    }
}

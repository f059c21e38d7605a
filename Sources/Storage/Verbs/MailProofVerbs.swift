import Identity
import JSON
import OAuth

extension Store: MailProofStore {
    package func begin(_ proof: MailProof, with enclosures: MailProof.Enclosures, at now: Instant) async throws {
        try await database.write { connection in
            try connection.begin(proof, at: now)
            if let undo = enclosures.undo { try connection.keep(undo) }
            for letter in enclosures.letters { try connection.post(letter) }
        }
    }

    package func mailProof(
        link: TokenDigest, for purpose: MailProof.Purpose, at now: Instant
    ) async throws -> MailProof? {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(MailProof.columns) FROM mail_proofs
                WHERE link = $1 AND purpose = $2 AND spent_at IS NULL AND expires_at > $3
                """,
                [.digest(link), .text(purpose.rawValue), .instant(now)]
            ).first.map(MailProof.init)
        }
    }

    package func mailProof(
        awaitedBy browser: TokenDigest, for purpose: MailProof.Purpose, at now: Instant
    ) async throws -> MailProof? {
        try await database.read { connection in
            try connection.mailProof(awaitedBy: browser, for: purpose, at: now)
        }
    }

    package func tryCode(
        _ code: TokenDigest, for purpose: MailProof.Purpose, browser: TokenDigest, at now: Instant
    ) async throws -> CodeTry {
        try await database.write { connection in
            guard let proof = try connection.mailProof(awaitedBy: browser, for: purpose, at: now) else {
                return .nothing
            }
            let counted = try connection.rows(
                "UPDATE mail_proofs SET tries = tries + 1 WHERE link = $1 AND tries < $2 RETURNING tries",
                [.digest(proof.link), .integer(MailProof.codeTries)])
            guard let tries = try counted.first?.integer(0) else { return .locked }
            guard code == proof.code else { return .wrong(triesLeft: MailProof.codeTries - tries) }
            // A right one is no failed try: it may be needed again, where what it is for asks something more.
            try connection.execute("UPDATE mail_proofs SET tries = tries - 1 WHERE link = $1", [.digest(proof.link)])
            return .right(proof)
        }
    }

    package func replaceLink(_ old: TokenDigest, by new: TokenDigest, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "UPDATE mail_proofs SET link = $2 WHERE link = $1 AND spent_at IS NULL AND expires_at > $3",
                [.digest(old), .digest(new), .instant(now)]) == 1
        }
    }
}

extension SQLConnection {
    /// Keeps a proof in the place of the one that the same browser waits for already; a link of staff in the place of
    /// whichever the person has.
    fileprivate func begin(_ proof: MailProof, at now: Instant) throws {
        switch proof.purpose {
        case .magicLink, .upstream, .secondFactor, .factorRecovery:
            try endMailProofs(
                "browser = $3 AND purpose = $4", [.digest(proof.browser), .text(proof.purpose.rawValue)], at: now)
        case .staffLink:
            try endMailProofs(
                "account_id = $3 AND purpose = $4", [.text(proof.accountID), .text(proof.purpose.rawValue)], at: now)
        case .signUp, .verification, .recovery, .addressChange, .freshness:
            try endMailProofs(
                "browser = $3 AND purpose = $4 AND canonical_email = $5",
                [.digest(proof.browser), .text(proof.purpose.rawValue), .text(proof.address.canonical)], at: now)
        }
        try insert(proof)
    }

    /// Ends what is waited for and overtaken. It stays until it would have run out, without its detail, so that whoever
    /// opens its link can be told what became of it.
    /// - Parameter condition: its values begin with `$3`.
    private func endMailProofs(_ condition: String, _ values: [SQLValue], at now: Instant) throws {
        try execute(
            """
            UPDATE mail_proofs SET spent_at = $1, ended_as = CASE WHEN expires_at > $1 THEN $2 ELSE 'expired' END,
                detail = '{}'
            WHERE \(condition) AND spent_at IS NULL
            """, [.instant(now), .text(Self.superseded)] + values)
    }

    /// Beside it there is only `expired`, of what had run out before.
    fileprivate static var superseded: String { "superseded" }

    /// Spends a proof: unspent, unexpired, for this purpose. One conditional write whose row count is the answer
    /// (IN3); what it is for is written in the same transaction. Its detail has served: a draft holds a hash of a password.
    func spend(_ link: TokenDigest, for purpose: MailProof.Purpose, at now: Instant) throws -> Bool {
        try execute(
            """
            UPDATE mail_proofs SET spent_at = $3, detail = '{}'
            WHERE link = $1 AND purpose = $2 AND spent_at IS NULL AND expires_at > $3
            """,
            [.digest(link), .text(purpose.rawValue), .instant(now)]) == 1
    }

    /// Whoever signs out everywhere does not want a link that lies somewhere to let anybody in again (ML4). But for a
    /// forgotten password: a thief who is signed in must not keep the owner out by pressing that button.
    func dropEntrances(of accountID: String, at now: Instant) throws {
        try endMailProofs(
            "account_id = $3 AND purpose <> $4", [.text(accountID), .text(MailProof.Purpose.recovery.rawValue)],
            at: now)
    }

    /// Whoever has signed in needs no other link to sign in with (ML4).
    func dropMagicLinks(of accountID: String, at now: Instant) throws {
        _ = try endMagicLinks(of: accountID, spending: nil, at: now)
    }

    /// - Returns: the links that were waited for until now.
    func endMagicLinks(of accountID: String, spending link: TokenDigest?, at now: Instant) throws -> [TokenDigest] {
        try rows(
            """
            UPDATE mail_proofs SET spent_at = $1, ended_as = CASE WHEN link = $2 THEN NULL ELSE $3 END, detail = '{}'
            WHERE account_id = $4 AND purpose IN ($5, $6) AND spent_at IS NULL AND expires_at > $1
            RETURNING link
            """,
            [
                .instant(now), link.map(SQLValue.digest) ?? .null, .text(Self.superseded), .text(accountID),
                .text(MailProof.Purpose.magicLink.rawValue), .text(MailProof.Purpose.staffLink.rawValue),
            ]
        ).map { row in
            var cursor = RowCursor(row)
            return try cursor.digest()
        }
    }

    /// Kills everything a person waits for by mail: after a change of password or address, and with the account (ML4).
    func dropMailProofs(of accountID: String, at now: Instant) throws {
        try endMailProofs("account_id = $3", [.text(accountID)], at: now)
    }

    /// Kills what anybody waits for at an address, for one purpose: it has been proven, by one of them.
    func dropMailProofs(at address: EmailAddress, for purpose: MailProof.Purpose, at now: Instant) throws {
        try endMailProofs(
            "canonical_email = $3 AND purpose = $4", [.text(address.canonical), .text(purpose.rawValue)], at: now)
    }

    fileprivate func mailProof(
        awaitedBy browser: TokenDigest, for purpose: MailProof.Purpose, at now: Instant
    ) throws -> MailProof? {
        try rows(
            """
            SELECT \(MailProof.columns) FROM mail_proofs
            WHERE browser = $1 AND purpose = $2 AND spent_at IS NULL AND expires_at > $3
            ORDER BY created_at DESC, link LIMIT 1
            """,
            [.digest(browser), .text(purpose.rawValue), .instant(now)]
        ).first.map(MailProof.init)
    }

    fileprivate func insert(_ proof: MailProof) throws {
        try insert(
            into: "mail_proofs",
            [
                "link": .digest(proof.link),
                "code": .digest(proof.code),
                "purpose": .text(proof.purpose.rawValue),
                "account_id": .text(proof.accountID),
                "email": .text(proof.address.typed),
                "canonical_email": .text(proof.address.canonical),
                "browser": .digest(proof.browser),
                "detail": .text(JSONValue.object(proof.detail).text),
                "tries": .integer(0),
                "created_at": .instant(proof.createdAt),
                "expires_at": .instant(proof.expiresAt),
            ])
    }
}

extension MailProof {
    fileprivate static let columns = """
        link, code, purpose, account_id, email, browser, detail, created_at, expires_at
        """

    fileprivate init(_ row: Row) throws {
        var cursor = RowCursor(row)
        let link = try cursor.digest()
        let code = try cursor.digest()
        guard let purpose = Purpose(rawValue: try cursor.text()) else {
            throw StorageError.corrupt("mail proof: purpose")
        }
        let accountID = try cursor.optionalText()
        guard let address = EmailAddress(try cursor.text()) else { throw StorageError.corrupt("mail proof: e-mail") }
        self.init(
            link: link, code: code, purpose: purpose, accountID: accountID, address: address,
            browser: try cursor.digest(), detail: try cursor.object(), createdAt: try cursor.instant(),
            expiresAt: try cursor.instant())
    }
}

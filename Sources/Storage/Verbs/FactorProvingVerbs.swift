import Identity
import OAuth

extension Store {
    /// What was proven is spent by one conditional write whose row count is the answer (IN3). All else is asked before
    /// it: a refusal leaves nothing to undo.
    package func prove(_ proving: FactorProving, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            let renewed = proving.renewed
            guard let asking = try connection.asking(proving.old, toBe: renewed, at: now),
                try connection.spend(proving.evidence, of: renewed.subject, at: now)
            else { return false }
            try connection.complete(proving.old, as: renewed, was: asking, at: now)
            try connection.forgetFactorTries(of: renewed.subject)
            try connection.dropFactorRecovery(of: renewed.subject)
            try connection.trustPassword(after: proving)
            if let authorization = proving.authorization {
                _ = try connection.record(.provedFactor(session: renewed.id), on: authorization, at: now)
            }
            if let remembering = proving.remembering {
                try connection.remember(remembering, replacing: proving.formerToken)
            }
            for letter in proving.letters { try connection.post(letter) }
            return true
        }
    }

    /// Whichever password the account has by now does not matter: none was proven.
    package func enter(
        by evidence: FactorProving.Evidence, opening: SessionOpening, letters: [SealedLetter], at now: Instant
    ) async throws -> Bool {
        guard case .passkey = evidence else { return false }
        let subject = opening.session.subject
        return try await database.write { connection in
            guard try connection.isOpen(subject), try connection.spend(evidence, of: subject, at: now) else {
                return false
            }
            var opening = opening
            opening.provenHash = nil
            guard try connection.open(opening, at: now) else {
                throw StorageError.corrupt("a person who may enter is refused within one write")
            }
            try connection.forgetFactorTries(of: subject)
            try connection.dropFactorRecovery(of: subject)
            for letter in letters { try connection.post(letter) }
            return true
        }
    }
}

extension SQLConnection {
    /// The live session of a secret, half or whole, as it is; `nil` when it is not the one that is to go on.
    func asking(_ old: TokenDigest, toBe renewed: Session, at now: Instant) throws -> Session? {
        try rows(
            """
            SELECT \(Session.columns) FROM sessions s JOIN accounts a ON a.id = s.subject
            WHERE s.secret = $1 AND s.id = $2 AND s.subject = $3 AND s.idle_until > $4 AND s.expires_at > $4
                AND a.status = 'active'
            """,
            [.digest(old), .text(renewed.id), .text(renewed.subject), .instant(now)]
        ).first.map(Session.init)
    }

    /// The session is whole from now on, under its new secret, with all that was proven. If it was not until now its
    /// person is in only now, with what follows from that; they were told of it when the session was opened.
    func complete(_ old: TokenDigest, as renewed: Session, was asking: Session, at now: Instant) throws {
        let changed = try execute(
            """
            UPDATE sessions SET secret = $2, authenticated_at = $3, methods = $4, level = $5, proofs = $6,
                factor_at = $7, is_half = 0, waiver = NULL, last_seen_at = $8, idle_until = $9, expires_at = $10
            WHERE secret = $1 AND idle_until > $8 AND expires_at > $8
            """,
            [
                .digest(old), .digest(renewed.secret), .instant(renewed.authenticatedAt), .strings(renewed.methods),
                .text(renewed.level), .text(Proof.ledger(renewed.proofs)), .instant(renewed.proofs.factorTime),
                .instant(now), .instant(renewed.idleUntil), .instant(renewed.expiresAt),
            ])
        guard changed == 1 else { throw StorageError.corrupt("a session that is live ends within one write") }
        if asking.isHalf { try welcome(renewed, at: now) }
    }

    /// `false`, and nothing written, for what is spent, of somebody else, or of no time that counts.
    fileprivate func spend(_ evidence: FactorProving.Evidence, of subject: String, at now: Instant) throws -> Bool {
        switch evidence {
        case .totp(let factor, let step):
            // Later than every step before, whichever clock they came from (MF2).
            return try execute(
                """
                UPDATE factors SET last_step = $3, last_used_at = $4
                WHERE id = $1 AND account_id = $2 AND kind = 'totp' AND last_step < $3
                """,
                [.text(factor), .text(subject), .integer(step), .instant(now)]) == 1
        case .backupCode(let digest):
            return try execute(
                "UPDATE backup_codes SET spent_at = $3 WHERE account_id = $1 AND digest = $2 AND spent_at IS NULL",
                [.text(subject), .digest(digest), .instant(now)]) == 1
        case .mailCode(let link):
            let mailboxes = try factors(of: subject).filter { $0.kind == .mailCode }
            guard !mailboxes.isEmpty, try spend(link, for: [.secondFactor], of: subject, at: now) else { return false }
            for mailbox in mailboxes { try noteUse(of: mailbox.id, at: now) }
            return true
        case .passkey(let factor, let signCount, let isBackedUp, let challenge):
            guard try counts(signCount, of: factor, subject), try spendUnkept(challenge, at: now) else { return false }
            try execute(
                "UPDATE factors SET sign_count = $2, backed_up = $3 WHERE id = $1",
                [.text(factor), .integer(signCount), .flag(isBackedUp)])
            try noteUse(of: factor, at: now)
            return true
        }
    }

    /// Whether a passkey is this person's, and its count has risen: one whose did not is perhaps a copy (WebAuthn
    /// §6.1.1).
    private func counts(_ signCount: Int64, of factor: String, _ subject: String) throws -> Bool {
        try !rows(
            """
            SELECT id FROM factors WHERE id = $1 AND account_id = $2 AND kind = 'passkey'
                AND (sign_count < $3 OR (sign_count = 0 AND $3 = 0))
            """,
            [.text(factor), .text(subject), .integer(signCount)]
        ).isEmpty
    }

    private func noteUse(of factor: String, at now: Instant) throws {
        try execute("UPDATE factors SET last_used_at = $2 WHERE id = $1", [.text(factor), .instant(now)])
    }

    /// Spends a proof of this person's mailbox, as it is now, for one of the purposes.
    func spend(
        _ link: TokenDigest, for purposes: [MailProof.Purpose], of subject: String, at now: Instant
    ) throws -> Bool {
        let awaited = try rows(
            """
            SELECT p.purpose FROM mail_proofs p
            JOIN accounts a ON a.id = p.account_id AND a.canonical_email = p.canonical_email
            WHERE p.link = $1 AND a.id = $2 AND a.status = 'active'
            """,
            [.digest(link), .text(subject)]
        ).first.flatMap { MailProof.Purpose(rawValue: try $0.text(0)) }
        guard let awaited, purposes.contains(awaited) else { return false }
        return try spend(link, for: awaited, at: now)
    }

    /// A password that was set through the mailbox is its person's own once they have shown with it something that they
    /// hold. A code to the mailbox shows nothing new.
    fileprivate func trustPassword(after proving: FactorProving) throws {
        if case .mailCode = proving.evidence { return }
        guard proving.renewed.methods.contains(Proof.mailedPassword) else { return }
        try execute(
            "UPDATE accounts SET password_is_mailed = 0 WHERE id = $1", [.text(proving.renewed.subject)])
    }

    /// The browser is known by one secret for everybody who is remembered on it: others' rows move to the new one.
    fileprivate func remember(_ browser: RememberedBrowser, replacing former: TokenDigest?) throws {
        if let former, former != browser.token {
            try execute(
                "DELETE FROM remembered_browsers WHERE token = $1 AND account_id = $2",
                [.digest(former), .text(browser.accountID)])
            try execute(
                "UPDATE remembered_browsers SET token = $2 WHERE token = $1", [.digest(former), .digest(browser.token)])
        }
        try insert(browser)
    }
}

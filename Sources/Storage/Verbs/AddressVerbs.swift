import Identity
import OAuth

extension Store: AddressStore {
    package func changeAddress(
        _ change: AddressSwitch, mailing letter: SealedLetter, at now: Instant
    ) async throws -> AddressSwitch.Outcome {
        try await database.write { connection in
            guard try connection.isLive(change.kept, at: now), try connection.isAwaited(change),
                try connection.holds(change.old, change.accountID)
            else { return .dead }
            guard try connection.isFree(change.new, besides: change.accountID) else { return .taken }
            guard try connection.hold(change.accountID),
                try connection.spend(change.link, for: .addressChange, at: now)
            else { return .dead }
            try connection.setAddress(change.new, of: change.accountID, at: now)
            try connection.dropMailProofs(of: change.accountID, at: now)
            try connection.keep(change.undo)
            try connection.keep(change.kept)
            try connection.post(letter)
            guard change.endsOtherSessions else { return .changed(sessionsEnded: 0) }
            return .changed(
                sessionsEnded: try connection.endOtherAccess(
                    of: change.accountID, keeping: change.kept.id, at: now))
        }
    }

    package func addressesToReturnTo(of accountID: String, at now: Instant) async throws -> [EmailAddress] {
        try await database.read { connection in
            try connection.rows(
                "SELECT DISTINCT email FROM address_undos WHERE account_id = $1 AND expires_at > $2 ORDER BY email",
                [.text(accountID), .instant(now)]
            ).map { row in
                guard let address = EmailAddress(try row.text(0)) else {
                    throw StorageError.corrupt("address undo: e-mail")
                }
                return address
            }
        }
    }

    package func addressUndo(link: TokenDigest, at now: Instant) async throws -> AddressUndo? {
        try await database.read { connection in try connection.undo(link, at: now)?.undo }
    }

    package func undoAddressChange(
        link: TokenDigest, mailing letter: SealedLetter, at now: Instant
    ) async throws -> AddressUndo.Outcome {
        try await database.write { connection in
            guard let (undo, number) = try connection.undo(link, at: now) else { return .dead }
            let id = undo.accountID
            guard try connection.isFree(undo.address, besides: id) else { return .taken }
            // Itself, and those that lead to an address that came after.
            try connection.execute(
                "DELETE FROM address_undos WHERE account_id = $1 AND number >= $2", [.text(id), .integer(number)])
            let wasChanged = try !connection.holds(undo.address, id)
            try connection.setAddress(undo.address, of: id, at: now)
            if wasChanged { try connection.forgetIntruder(of: id, since: undo.createdAt, at: now) }
            let ended = try connection.endAccess(of: id, at: now)
            try connection.post(letter)
            return .undone(wasChanged: wasChanged, sessionsEnded: ended)
        }
    }
}

extension SQLConnection {
    func keep(_ undo: AddressUndo) throws {
        let latest = try rows(
            "SELECT MAX(number) FROM address_undos WHERE account_id = $1", [.text(undo.accountID)])
        try insert(
            into: "address_undos",
            [
                "link": .digest(undo.link),
                "account_id": .text(undo.accountID),
                "number": .integer((try latest.first?.optionalInteger(0) ?? 0) + 1),
                "email": .text(undo.address.typed),
                "created_at": .instant(undo.createdAt),
                "expires_at": .instant(undo.expiresAt),
            ])
    }

    /// What whoever held the account may have set so as to come back, or so that nobody is told.
    /// - Parameter start: when the address was changed: what was set up since is not the person's.
    fileprivate func forgetIntruder(of accountID: String, since start: Instant, at now: Instant) throws {
        try execute("UPDATE accounts SET password_hash = NULL WHERE id = $1", [.text(accountID)])
        try execute("DELETE FROM account_preferences WHERE account_id = $1", [.text(accountID)])
        try forgetIdentities(of: accountID)
        try forgetFactors(of: accountID, since: start, at: now)
    }

    /// Codes that were renewed since are the intruder's as well. With the last factor all codes go, and the level stays
    /// at the lowest until the person sets one up.
    private func forgetFactors(of accountID: String, since start: Instant, at now: Instant) throws {
        try execute(
            "DELETE FROM backup_codes WHERE account_id = $1 AND created_at >= $2", [.text(accountID), .instant(start)])
        let forgotten = try execute(
            "DELETE FROM factors WHERE account_id = $1 AND created_at >= $2", [.text(accountID), .instant(start)])
        guard forgotten > 0, try factors(of: accountID).isEmpty else { return }
        _ = try dropFactors(of: accountID, at: now)
    }

    /// Also of an account that was deleted by whoever had it. Where an operator switched it off the link waits.
    fileprivate func undo(_ link: TokenDigest, at now: Instant) throws -> (undo: AddressUndo, number: Int64)? {
        let rows = try rows(
            """
            SELECT u.account_id, u.email, u.created_at, u.expires_at, u.number
            FROM address_undos u JOIN accounts a ON a.id = u.account_id
            WHERE u.link = $1 AND u.expires_at > $2 AND (a.status = 'active' OR a.deleted_by = 'person')
            """, [.digest(link), .instant(now)])
        guard let row = rows.first else { return nil }
        var cursor = RowCursor(row)
        let accountID = try cursor.text()
        guard let address = EmailAddress(try cursor.text()) else { throw StorageError.corrupt("address undo: e-mail") }
        let undo = AddressUndo(
            link: link, accountID: accountID, address: address, createdAt: try cursor.instant(),
            expiresAt: try cursor.instant())
        return (undo, try cursor.integer())
    }

    /// Whether the proof is of this account and this address.
    fileprivate func isAwaited(_ change: AddressSwitch) throws -> Bool {
        try !rows(
            "SELECT link FROM mail_proofs WHERE link = $1 AND account_id = $2 AND canonical_email = $3",
            [.digest(change.link), .text(change.accountID), .text(change.new.canonical)]
        ).isEmpty
    }

    fileprivate func holds(_ address: EmailAddress, _ accountID: String) throws -> Bool {
        try !rows(
            "SELECT id FROM accounts WHERE id = $1 AND canonical_email = $2",
            [.text(accountID), .text(address.canonical)]
        ).isEmpty
    }

    fileprivate func isFree(_ address: EmailAddress, besides accountID: String) throws -> Bool {
        try rows(
            "SELECT id FROM accounts WHERE canonical_email = $2 AND id <> $1",
            [.text(accountID), .text(address.canonical)]
        ).isEmpty
    }

    /// A proven one.
    fileprivate func setAddress(_ address: EmailAddress, of accountID: String, at now: Instant) throws {
        try execute(
            "UPDATE accounts SET email = $2, canonical_email = $3, email_verified = 1, updated_at = $4 WHERE id = $1",
            [.text(accountID), .text(address.typed), .text(address.canonical), .instant(now)])
        // The old mailbox may be given to somebody else.
        try execute("DELETE FROM expected_identities WHERE account_id = $1", [.text(accountID)])
    }
}

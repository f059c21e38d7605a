import Identity
import OAuth

extension Store: AccountStore {
    package func account(id: String) async throws -> Account? {
        try await account(where: "a.id = $1", .text(id))
    }

    package func account(canonicalEmail: String) async throws -> Account? {
        try await account(where: "a.canonical_email = $1", .text(canonicalEmail))
    }

    package func account(
        ofAccessToken id: String, grantID: String, issuedAt: Instant, at now: Instant
    ) async throws -> Account? {
        let query = AccountRow.query(LiveAccessToken.condition, from: LiveAccessToken.table)
        let values = LiveAccessToken.values(id, grantID: grantID, issuedAt: issuedAt, at: now)
        return try AccountRow.accounts(try await database.lookUp(query, values)).first
    }

    package func hasUsername(_ canonical: String) async throws -> Bool {
        try await database.read { connection in try connection.hasUsername(canonical) }
    }

    package func create(_ account: Account) async throws -> Bool {
        try await database.write { connection in try connection.insert(account) }
    }

    package func replacePasswordHash(
        of id: String, from old: String?, to new: String, at now: Instant
    ) async throws -> Bool {
        try await database.write { connection in
            try connection.replacePasswordHash(of: id, from: old, to: new, at: now)
        }
    }

    package func changePassword(
        _ replacement: PasswordReplacement, mailing letter: SealedLetter, at now: Instant
    ) async throws -> Int? {
        let id = replacement.accountID
        return try await database.write { connection in
            guard try connection.isLive(replacement.kept, at: now),
                try connection.replacePasswordHash(of: id, from: replacement.old, to: replacement.new, at: now)
            else { return nil }
            try connection.trustPassword(of: id, chosenIn: replacement.kept, isFirst: replacement.old == nil)
            try connection.keep(replacement.kept)
            try connection.dropMailProofs(of: id, at: now)
            try connection.forgetRemembered(of: id)
            try connection.endHalfSessions(of: id, at: now)
            try connection.post(letter)
            guard replacement.endsOtherSessions else { return 0 }
            return try connection.endOtherAccess(of: id, keeping: replacement.kept.id, at: now)
        }
    }

    /// The accounts are counted before their roles are joined, or a person with many would use up the limit.
    package func accounts(after canonicalEmail: String?, limit: Int) async throws -> [Account] {
        try await database.read { connection in
            let rows = try connection.rows(
                """
                SELECT \(AccountRow.columns)
                FROM (SELECT * FROM accounts WHERE canonical_email > $1 ORDER BY canonical_email LIMIT $2) a
                LEFT JOIN account_roles r ON r.account_id = a.id
                ORDER BY a.canonical_email, r.role, r.context
                """,
                [.text(canonicalEmail ?? ""), .integer(Int64(max(0, limit)))])
            return try AccountRow.accounts(rows)
        }
    }

    private func account(where condition: String, _ value: SQLValue) async throws -> Account? {
        try AccountRow.accounts(try await database.lookUp(AccountRow.query(condition), [value])).first
    }
}

extension SQLConnection {
    func hasUsername(_ canonical: String) throws -> Bool {
        try !rows("SELECT id FROM accounts WHERE canonical_username = $1", [.text(canonical)]).isEmpty
    }

    func account(where condition: String, _ value: SQLValue) throws -> Account? {
        try AccountRow.accounts(rows(AccountRow.query(condition), [value])).first
    }

    /// A password that was set through the mailbox proves no more than that, nor does one that was chosen by it: until
    /// somebody chooses one who has proven to hold something. Nor does a first one: whoever has none came by a mailbox.
    fileprivate func trustPassword(of id: String, chosenIn kept: KeptSession, isFirst: Bool) throws {
        let session = try rows("SELECT \(Session.columns) FROM sessions s WHERE s.secret = $1", [.digest(kept.old)])
            .first.map(Session.init)
        let isTrusted = session?.proofs.classes.contains(.possession) == true
        guard isTrusted || isFirst else { return }
        try execute("UPDATE accounts SET password_is_mailed = $2 WHERE id = $1", [.text(id), .flag(!isTrusted)])
    }

    /// One conditional write: a change made meanwhile is never overwritten.
    fileprivate func replacePasswordHash(
        of id: String, from old: String?, to new: String, at now: Instant
    ) throws -> Bool {
        let update = "UPDATE accounts SET password_hash = $2, updated_at = $3 WHERE id = $1 AND password_hash"
        let values: [SQLValue] = [.text(id), .text(new), .instant(now)]
        guard let old else { return try execute("\(update) IS NULL", values) == 1 }
        return try execute("\(update) = $4", values + [.text(old)]) == 1
    }
}

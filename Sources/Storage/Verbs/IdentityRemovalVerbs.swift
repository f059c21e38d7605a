import Identity
import OAuth

extension Store {
    package func remove(_ removal: IdentityRemoval, at now: Instant) async throws -> IdentityRemoval.Outcome {
        let id = removal.accountID
        return try await database.write { connection in
            guard try connection.liveSession(removal.session, of: id, at: now) != nil,
                try connection.identity(removal.key)?.accountID == id
            else { return .absent }
            guard try connection.hasAnotherWay(removal) else { return .last }
            try connection.remove(removal)
            try connection.endSessions(by: removal, at: now)
            try connection.post(removal.letter)
            return .removed
        }
    }
}

extension SQLConnection {
    /// Whether the person can still sign in without it, by what is offered here.
    fileprivate func hasAnotherWay(_ removal: IdentityRemoval) throws -> Bool {
        if removal.takesPasswords, try hasPassword(removal.accountID) { return true }
        let others = try others(than: removal.key, of: removal.accountID)
        if others.contains(where: removal.providers.contains) { return true }
        return try removal.links.map { try passes(.people($0), removal.accountID) } ?? false
    }

    private func hasPassword(_ accountID: String) throws -> Bool {
        try !rows(
            "SELECT id FROM accounts WHERE id = $1 AND password_hash IS NOT NULL", [.text(accountID)]
        ).isEmpty
    }

    /// The providers of the account's other identities.
    private func others(than key: UpstreamIdentity.Key, of accountID: String) throws -> [String] {
        try rows(
            "SELECT provider FROM upstream_identities WHERE account_id = $1 AND (provider <> $2 OR subject <> $3)",
            [.text(accountID), .text(key.provider), .text(key.subject)]
        ).map { try $0.text(0) }
    }

    /// Whoever came in by it elsewhere, and is on the way to connect it again, does not stay, whichever second factor was
    /// proven besides.
    fileprivate func endSessions(by removal: IdentityRemoval, at now: Instant) throws {
        let id = SQLValue.text(removal.accountID)
        let sessions = try rows(
            "SELECT id, methods FROM sessions WHERE subject = $1 AND secret <> $2", [id, .digest(removal.session)])
        for row in sessions {
            var cursor = RowCursor(row)
            let session = try cursor.text()
            let methods = try cursor.strings().filter { !Proof($0, at: now).isSecondFactor }
            guard methods == [removal.key.provider] else { continue }
            try endGrants(
                "subject = $3 AND session_id = $4", [id, .text(session)], because: .sessionEnded, at: now)
            try execute("DELETE FROM sessions WHERE id = $1", [.text(session)])
        }
        try execute("DELETE FROM upstream_attempts WHERE link_account = $1 AND spent_at IS NULL", [id])
    }

    /// What it has led to elsewhere dies with it: whoever waits with it in some browser does not connect it again by what
    /// was proven before (SO8), nor does an address that an import left.
    fileprivate func remove(_ removal: IdentityRemoval) throws {
        let (id, provider) = (SQLValue.text(removal.accountID), SQLValue.text(removal.key.provider))
        let key = [provider, SQLValue.text(removal.key.subject)]
        try execute("DELETE FROM upstream_identities WHERE provider = $1 AND subject = $2", key)
        try execute("DELETE FROM pending_identities WHERE provider = $1 AND subject = $2", key)
        try execute("DELETE FROM expected_identities WHERE account_id = $1 AND provider = $2", [id, provider])
        try execute(
            """
            DELETE FROM sign_in_methods WHERE account_id = $1 AND method = $2 AND NOT EXISTS
                (SELECT i.subject FROM upstream_identities i WHERE i.account_id = $1 AND i.provider = $2)
            """, [id, provider])
    }
}

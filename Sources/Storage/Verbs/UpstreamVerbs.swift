import Identity
import OAuth

extension Store: UpstreamStore {
    package func keep(_ attempt: UpstreamAttempt) async throws {
        try await database.write { connection in try connection.insert(attempt) }
    }

    package func take(
        state: TokenDigest, provider: String, browser: TokenDigest, at now: Instant
    ) async throws -> UpstreamTaking {
        // Anybody may send anything: only what is live and theirs waits for its turn to write.
        let seen = try await database.read { connection in
            try connection.fault(of: state, provider: provider, browser: browser, at: now)
        }
        if let seen { return .refused(seen) }
        return try await database.write { connection in
            let taken = try connection.rows(
                """
                UPDATE upstream_attempts SET spent_at = $4
                WHERE state = $1 AND provider = $2 AND browser = $3 AND spent_at IS NULL AND expires_at > $4
                RETURNING \(UpstreamAttempt.columns)
                """,
                [.digest(state), .text(provider), .digest(browser), .instant(now)])
            if let row = taken.first { return .taken(try UpstreamAttempt(row)) }
            return .refused(
                try connection.fault(of: state, provider: provider, browser: browser, at: now) ?? .spent)
        }
    }

    package func newestQuery(provider: String, browser: TokenDigest, at now: Instant) async throws -> String? {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT query FROM upstream_attempts WHERE browser = $1 AND provider = $2 AND expires_at > $3
                ORDER BY created_at DESC, state LIMIT 1
                """,
                [.digest(browser), .text(provider), .instant(now)]
            ).first?.text(0)
        }
    }

    package func identity(_ key: UpstreamIdentity.Key) async throws -> LinkedIdentity? {
        try await database.read { connection in try connection.identity(key) }
    }

    package func identities(of accountID: String) async throws -> [LinkedIdentity] {
        try await database.read { connection in try connection.identities(of: accountID) }
    }

    package func expectedOwner(provider: String, canonicalEmail: String) async throws -> String? {
        try await database.read { connection in
            try connection.expectedOwner(provider: provider, canonicalEmail: canonicalEmail)
        }
    }

    package func expectedIdentities(of accountID: String) async throws -> [ExpectedIdentity] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT provider, canonical_email FROM expected_identities WHERE account_id = $1
                ORDER BY provider, canonical_email
                """, [.text(accountID)]
            ).map { ExpectedIdentity(provider: try $0.text(0), canonicalEmail: try $0.text(1)) }
        }
    }

    package func keep(_ pending: PendingIdentity) async throws {
        try await database.write { connection in
            try connection.dropPendingIdentity(of: pending.browser)
            try connection.insert(pending)
        }
    }

    package func pendingIdentity(of browser: TokenDigest, at now: Instant) async throws -> PendingIdentity? {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(PendingIdentity.columns) FROM pending_identities WHERE browser = $1 AND expires_at > $2",
                [.digest(browser), .instant(now)]
            ).first.map(PendingIdentity.init)
        }
    }
}

extension SQLConnection {
    func identity(_ key: UpstreamIdentity.Key) throws -> LinkedIdentity? {
        try rows(
            "SELECT \(LinkedIdentity.columns) FROM upstream_identities WHERE provider = $1 AND subject = $2",
            [.text(key.provider), .text(key.subject)]
        ).first.map(LinkedIdentity.init)
    }

    func identities(of accountID: String) throws -> [LinkedIdentity] {
        try rows(
            """
            SELECT \(LinkedIdentity.columns) FROM upstream_identities WHERE account_id = $1
            ORDER BY linked_at, provider, subject
            """, [.text(accountID)]
        ).map(LinkedIdentity.init)
    }

    func expectedOwner(provider: String, canonicalEmail: String) throws -> String? {
        try rows(
            "SELECT account_id FROM expected_identities WHERE provider = $1 AND canonical_email = $2",
            [.text(provider), .text(canonicalEmail)]
        ).first?.text(0)
    }

    func dropPendingIdentity(of browser: TokenDigest) throws {
        try execute("DELETE FROM pending_identities WHERE browser = $1", [.digest(browser)])
    }

    /// All that an account is known by elsewhere, and that it has signed in so.
    func forgetIdentities(of accountID: String) throws {
        try execute(
            """
            DELETE FROM sign_in_methods WHERE account_id = $1
                AND method IN (SELECT i.provider FROM upstream_identities i WHERE i.account_id = $1)
            """, [.text(accountID)])
        for table in ["upstream_identities", "expected_identities"] {
            try execute("DELETE FROM \(table) WHERE account_id = $1", [.text(accountID)])
        }
    }

    /// Those that were connected lately, perhaps by whoever somebody takes their account back from: with the others people
    /// still come in, and these can be connected again.
    func forgetIdentities(of accountID: String, since time: Instant) throws {
        let values: [SQLValue] = [.text(accountID), .instant(time)]
        try execute("DELETE FROM upstream_identities WHERE account_id = $1 AND linked_at >= $2", values)
    }

    /// Why an attempt is not to be spent; `nil` when it is live. Whose it is comes first: to anybody else it tells nothing
    /// more.
    fileprivate func fault(
        of state: TokenDigest, provider: String, browser: TokenDigest, at now: Instant
    ) throws -> UpstreamFault.StateFault? {
        let rows = try rows(
            "SELECT browser, provider, spent_at, expires_at FROM upstream_attempts WHERE state = $1",
            [.digest(state)])
        guard let row = rows.first else { return .unknown }
        var cursor = RowCursor(row)
        guard try cursor.digest() == browser else { return .otherBrowser }
        guard try cursor.text() == provider else { return .otherProvider }
        guard try cursor.optionalInstant() == nil else { return .spent }
        return try cursor.instant() > now ? nil : .expired
    }
}

import Identity
import OAuth

extension Store: FactorStore {
    package func holdings(of subject: String) async throws -> FactorHoldings {
        // One statement, for it is asked with every request that is answered by a person.
        let rows = try await database.lookUp(
            """
            SELECT \(Factor.columns), s.recovered_at, s.demanded_at,
                (SELECT COUNT(*) FROM backup_codes c WHERE c.account_id = a.id AND c.spent_at IS NULL),
                (SELECT MAX(c.created_at) FROM backup_codes c WHERE c.account_id = a.id AND c.spent_at IS NULL)
            FROM accounts a LEFT JOIN factor_standings s ON s.account_id = a.id
                LEFT JOIN factors f ON f.account_id = a.id
            WHERE a.id = $1 ORDER BY f.created_at, f.id
            """, [.text(subject)])
        func instant(_ column: Int) throws -> Instant? {
            try rows.first?.optionalInteger(Factor.columnCount + column).map(Instant.init(seconds:))
        }
        return FactorHoldings(
            factors: try rows.filter { try $0.optionalText(0) != nil }.map(Factor.init),
            codesLeft: Int(try rows.first?.integer(Factor.columnCount + 2) ?? 0), codesMadeAt: try instant(3),
            recoveredAt: try instant(0), demandedAt: try instant(1))
    }

    package func passkey(credentialID: [UInt8]) async throws -> Factor? {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Factor.columns) FROM factors f JOIN accounts a ON a.id = f.account_id
                WHERE f.credential_id = $1 AND f.kind = 'passkey' AND a.status = 'active'
                """,
                [.bytes(credentialID)]
            ).first.map(Factor.init)
        }
    }

    /// One statement asks for the lock, counts, and lets the lock fall with the last try that is let through.
    package func countFactorTry(
        of subject: String, under rule: FactorTries, at now: Instant
    ) async throws -> FactorTry {
        let end = now + rule.lockout
        return try await database.write { connection in
            let isLastOfOne = rule.limit <= 1
            let counted = try connection.rows(
                """
                INSERT INTO factor_standings (account_id, tries, locked_until)
                SELECT a.id, $2, $3 FROM accounts a WHERE a.id = $1
                ON CONFLICT (account_id) DO UPDATE SET
                    tries = CASE WHEN factor_standings.tries + 1 >= $4 THEN 0 ELSE factor_standings.tries + 1 END,
                    locked_until = CASE WHEN factor_standings.tries + 1 >= $4 THEN $5
                        ELSE factor_standings.locked_until END
                WHERE factor_standings.locked_until <= $6
                RETURNING tries
                """,
                [
                    .text(subject), .integer(isLastOfOne ? 0 : 1), .integer(isLastOfOne ? end.seconds : 0),
                    .integer(rule.limit), .instant(end), .instant(now),
                ])
            if let tries = try counted.first?.integer(0) { return .admitted(isLast: tries == 0) }
            // Nobody is told apart from somebody who is locked.
            return .locked(until: try connection.factorLock(of: subject, at: now) ?? end)
        }
    }

    package func factorLock(of subject: String, at now: Instant) async throws -> Instant? {
        try await database.read { connection in try connection.factorLock(of: subject, at: now) }
    }

    /// Asked at every request that demands one: what was noted before is only read.
    package func noteFactorDemand(of subject: String, at now: Instant) async throws -> Instant {
        let noted = try await database.read { connection in
            try connection.rows(
                "SELECT demanded_at FROM factor_standings WHERE account_id = $1", [.text(subject)]
            ).first?.optionalInteger(0)
        }
        if let noted { return Instant(seconds: noted) }
        return try await database.write { connection in
            let since = try connection.rows(
                """
                INSERT INTO factor_standings (account_id, demanded_at) SELECT a.id, $2 FROM accounts a WHERE a.id = $1
                ON CONFLICT (account_id) DO UPDATE
                    SET demanded_at = COALESCE(factor_standings.demanded_at, excluded.demanded_at)
                RETURNING demanded_at
                """,
                [.text(subject), .instant(now)])
            return Instant(seconds: try since.first?.integer(0) ?? now.seconds)
        }
    }
}

extension SQLConnection {
    func factors(of subject: String) throws -> [Factor] {
        try rows(
            "SELECT \(Factor.columns) FROM factors f WHERE f.account_id = $1 ORDER BY f.created_at, f.id",
            [.text(subject)]
        ).map(Factor.init)
    }

    fileprivate func factorLock(of subject: String, at now: Instant) throws -> Instant? {
        try rows(
            "SELECT locked_until FROM factor_standings WHERE account_id = $1 AND locked_until > $2",
            [.text(subject), .instant(now)]
        ).first.map { Instant(seconds: try $0.integer(0)) }
    }

    /// Wrong tries count in a row: a right one forgets them.
    func forgetFactorTries(of subject: String) throws {
        try execute(
            "UPDATE factor_standings SET tries = 0, locked_until = 0 WHERE account_id = $1", [.text(subject)])
    }

    /// Factors, codes, and where they need not be proven: for people who get in without. Says how many factors there
    /// were.
    func dropFactors(of subject: String, at now: Instant) throws -> Int {
        try execute(
            """
            INSERT INTO factor_standings (account_id, recovered_at) VALUES ($1, $2)
            ON CONFLICT (account_id) DO UPDATE SET recovered_at = excluded.recovered_at, tries = 0, locked_until = 0
            """,
            [.text(subject), .instant(now)])
        let dropped = try execute("DELETE FROM factors WHERE account_id = $1", [.text(subject)])
        try execute("DELETE FROM backup_codes WHERE account_id = $1", [.text(subject)])
        try forgetRemembered(of: subject)
        return dropped
    }
}

import Identity
import OAuth

extension Store: KnownBrowserStore {
    package func remember(browser: TokenDigest, of subject: String, at now: Instant) async throws {
        try await database.write { connection in try connection.remember(browser, of: subject, at: now) }
    }

    package func isKnown(browser: TokenDigest, of subject: String) async throws -> Bool {
        try await !database.lookUp(
            "SELECT subject FROM known_browsers WHERE browser = $1 AND subject = $2",
            [.digest(browser), .text(subject)]
        ).isEmpty
    }

    package func knownBrowsers(of subject: String) async throws -> [KnownBrowser] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT browser, device, last_seen_at FROM known_browsers WHERE subject = $1
                ORDER BY last_seen_at DESC, browser LIMIT 200
                """,
                [.text(subject)]
            ).map { row in
                var cursor = RowCursor(row)
                return KnownBrowser(
                    browser: try cursor.digest(), device: try cursor.text(), lastSeenAt: try cursor.instant())
            }
        }
    }

    package func forget(browser: TokenDigest, of subject: String) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM known_browsers WHERE browser = $1 AND subject = $2", [.digest(browser), .text(subject)])
                == 1
        }
    }

    package func forgetBrowsers(of subject: String, except browser: TokenDigest?) async throws -> Int {
        try await database.write { connection in
            let all = "DELETE FROM known_browsers WHERE subject = $1"
            guard let browser else { return try connection.execute(all, [.text(subject)]) }
            return try connection.execute("\(all) AND browser <> $2", [.text(subject), .digest(browser)])
        }
    }
}

extension SQLConnection {
    /// Notes what a known browser is called, in the write that opens a session on it.
    func name(browserOf session: Session) throws {
        try execute(
            "UPDATE known_browsers SET device = $3 WHERE browser = $1 AND subject = $2",
            [.digest(session.browser), .text(session.subject), .text(session.device)])
    }
}

extension SQLConnection {
    func remember(_ browser: TokenDigest, of subject: String, at now: Instant) throws {
        try insert(
            into: "known_browsers",
            ["browser": .digest(browser), "subject": .text(subject), "last_seen_at": .instant(now)],
            orElse: "ON CONFLICT (browser, subject) DO UPDATE SET last_seen_at = excluded.last_seen_at")
    }
}

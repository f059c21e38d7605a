import Identity
import OAuth

extension Store: KnownBrowserStore {
    package func remember(browser: TokenDigest, of subject: String, at now: Instant) async throws {
        try await database.write { connection in try connection.remember(browser, of: subject, at: now) }
    }

    package func isKnown(browser: TokenDigest, of subject: String) async throws -> Bool {
        try await database.read { connection in
            try !connection.rows(
                "SELECT subject FROM known_browsers WHERE browser = $1 AND subject = $2",
                [.digest(browser), .text(subject)]
            ).isEmpty
        }
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

import Identity
import OAuth
import Testing

@testable import Storage
@testable import martlet

/// What stands in the database and in the record; compared before and after a deed.
struct Written: Equatable, CustomStringConvertible {
    var accounts: [String] = []
    /// `provider subject of account`.
    var identities: [String] = []
    /// Whose each is.
    var sessions: [String] = []
    /// The kind and to whom, the same ones beside each other.
    var letters: [String] = []
    var events: [String] = []

    var description: String {
        "accounts \(accounts) identities \(identities) sessions \(sessions) letters \(letters) events \(events)"
    }
}

extension TestHouse {
    /// As an import would leave it, or a sign-in long ago.
    func connect(_ account: Account, _ provider: String, _ subject: String = "583231") async throws {
        let now = clock.now
        _ = try await store.database.change {
            try $0.execute(
                """
                INSERT INTO upstream_identities (provider, subject, account_id, label, linked_at)
                VALUES ($1, $2, $3, $4, $5)
                """,
                [.text(provider), .text(subject), .text(account.id), .text("grace"), .integer(now.seconds)])
        }
    }

    /// `provider subject` of all that an account is connected with.
    func connections(of account: Account) async throws -> [String] {
        try await store.identities(of: account.id).map { "\($0.key.provider) \($0.key.subject)" }
    }

    func written() async throws -> Written {
        var written = Written()
        written.letters = try await letters().map { "\($0.kind.rawValue) \($0.to.typed)" }.sorted()
        written.events = audit.events.map { event in
            let details = event.details.filter { $0.key != "network" && $0.key != "session" }
            let facts = details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return ([event.kind.rawValue] + facts).joined(separator: " ")
        }
        return try await store.database.read { [written] connection in
            var written = written
            written.accounts = try connection.rows(
                """
                SELECT canonical_email, email_verified, CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END, COALESCE(name, '') FROM accounts
                ORDER BY canonical_email
                """, []
            ).map { row in
                var cursor = RowCursor(row)
                let email = try cursor.text()
                let isProven = try cursor.flag()
                let hasPassword = try cursor.flag()
                let name = try cursor.text()
                return [email, isProven ? "proven" : "unproven", hasPassword ? "password" : "no password", name]
                    .joined(separator: ", ")
            }
            written.identities = try connection.rows(
                """
                SELECT i.provider, i.subject, a.canonical_email FROM upstream_identities i
                JOIN accounts a ON a.id = i.account_id ORDER BY i.provider, i.subject
                """, []
            ).map { "\(try $0.text(0)) \(try $0.text(1)) of \(try $0.text(2))" }
            written.sessions = try connection.rows(
                "SELECT a.canonical_email FROM sessions s JOIN accounts a ON a.id = s.subject ORDER BY 1", []
            ).map { try $0.text(0) }
            return written
        }
    }

    /// What a deed has written beside what was there; what it has taken away makes a test fail.
    func gains(
        since before: Written, letting gone: Bool = false, _ place: SourceLocation = #_sourceLocation
    ) async throws -> Written {
        let after = try await written()
        func news(_ path: KeyPath<Written, [String]>) -> [String] {
            var rest = before[keyPath: path]
            let news = after[keyPath: path].filter { entry in
                guard let place = rest.firstIndex(of: entry) else { return true }
                rest.remove(at: place)
                return false
            }
            if !gone { #expect(rest.isEmpty, "gone: \(rest)", sourceLocation: place) }
            return news
        }
        return Written(
            accounts: news(\.accounts), identities: news(\.identities), sessions: news(\.sessions),
            letters: news(\.letters), events: news(\.events))
    }
}

import Identity
import OAuth

extension Store: RememberedBrowserStore {
    package func rememberedBrowsers(of subject: String, at now: Instant) async throws -> [RememberedBrowser] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(RememberedBrowser.columns) FROM remembered_browsers WHERE account_id = $1 AND expires_at > $2
                ORDER BY last_used_at DESC, created_at DESC, id LIMIT 200
                """,
                [.text(subject), .instant(now)]
            ).map(RememberedBrowser.init)
        }
    }

    package func forgetRemembered(_ id: String, of subject: String) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                "DELETE FROM remembered_browsers WHERE id = $1 AND account_id = $2", [.text(id), .text(subject)]) == 1
        }
    }

    package func forgetAllRemembered(of subject: String) async throws -> Int {
        try await database.write { connection in try connection.forgetRemembered(of: subject) }
    }
}

extension SQLConnection {
    /// On no browser the second factor is skipped any more.
    @discardableResult
    func forgetRemembered(of subject: String) throws -> Int {
        try execute("DELETE FROM remembered_browsers WHERE account_id = $1", [.text(subject)])
    }
}

import Identity

@testable import Storage

extension TestHouse {
    /// The kinds of mail that wait to be sent about an account, the first written first.
    func posted(about account: Account) async throws -> [Letter.Kind] {
        try await store.database.read { connection in
            try connection.rows(
                "SELECT kind FROM outbox WHERE account_id = $1 ORDER BY created_at, kind", [.text(account.id)]
            ).compactMap { Letter.Kind(rawValue: try $0.text(0)) }
        }
    }

    /// Every row of every table, as text.
    func rows() async throws -> String {
        let listing =
            switch database {
            case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table'"
            case .postgresql:
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
            }
        return try await store.database.read { connection in
            let tables = try connection.rows(listing, []).map { try $0.text(0) }
            return try tables.map { table in
                try connection.rows("SELECT * FROM \(table)", []).map { "\($0)" }.joined(separator: "\n")
            }.joined(separator: "\n")
        }
    }
}

import Identity
import OAuth

/// The part of `AdministrationStore` that finds people.
extension Store {
    /// The accounts are counted before their roles are joined, or a person with many would use up the limit.
    package func people(_ query: PersonQuery) async throws -> [Account] {
        if query.text != nil { try await foldNames() }
        let (condition, values) = query.condition
        return try await database.read { connection in
            let rows = try connection.rows(
                """
                SELECT \(AccountRow.columns)
                FROM (SELECT * FROM accounts WHERE \(condition) ORDER BY canonical_email LIMIT $1) a
                LEFT JOIN account_roles r ON r.account_id = a.id
                ORDER BY a.canonical_email, r.role, r.context
                """, values)
            return try AccountRow.accounts(rows)
        }
    }

    /// Whatever changes a name leaves it unfolded, and so do databases of earlier versions. Step by step, so that
    /// nobody who is signing in waits for it.
    private func foldNames() async throws {
        let step: Int64 = 500
        while true {
            let unfolded = try await database.read { connection in
                try connection.rows("SELECT id FROM accounts WHERE search_text IS NULL LIMIT $1", [.integer(step)])
                    .map { try $0.text(0) }
            }
            guard !unfolded.isEmpty else { return }
            try await database.write { connection in
                for id in unfolded {
                    guard let account = try connection.account(id) else { continue }
                    try connection.execute(
                        "UPDATE accounts SET search_text = $2 WHERE id = $1",
                        [.text(id), .text(SearchText.of(account.profile))])
                }
            }
        }
    }
}

extension PersonQuery {
    /// `$1` is the limit. Only what is asked for stands in the statement.
    fileprivate var condition: (String, [SQLValue]) {
        var values: [SQLValue] = [.integer(Int64(min(max(0, limit), Self.most + 1))), .text(after ?? "")]
        var parts = ["canonical_email > $2"]
        if let text {
            values += [
                .text(Self.pattern(text.lowercased()) + "%"), .text("%" + Self.pattern(SearchText.folded(text)) + "%"),
            ]
            parts.append("(canonical_email LIKE $3 ESCAPE '\\' OR search_text LIKE $4 ESCAPE '\\')")
        }
        if let role {
            values.append(.text(role))
            parts.append(
                """
                EXISTS (SELECT o.role FROM account_roles o WHERE o.account_id = accounts.id AND o.role = $\(values.count))
                """)
        }
        switch state {
        case .active: parts.append("status = 'active'")
        case .disabled: parts.append("status = 'disabled' AND deleted_at IS NULL")
        case .deleted: parts.append("deleted_at IS NOT NULL")
        case .unverified: parts.append("status = 'active' AND email_verified = 0")
        case nil: break
        }
        return (parts.joined(separator: " AND "), values)
    }

    /// Text that matches itself alone. Case is no matter: both sides are folded, so that it makes no difference that
    /// SQLite's LIKE takes a for A and PostgreSQL's does not.
    private static func pattern(_ text: String) -> String {
        var pattern = ""
        for scalar in text.unicodeScalars {
            if "\\%_".unicodeScalars.contains(scalar) { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern
    }
}

import Identity
import JSON
import OAuth

extension Store {
    package func unnotedArrivals(after id: String?, limit: Int) async throws -> [NotedArrival] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT a.id, a.attributes FROM accounts a
                WHERE a.id > $1 AND a.attributes LIKE '%legacy_sub_%'
                    AND NOT EXISTS (SELECT 1 FROM arrivals r WHERE r.account_id = a.id)
                ORDER BY a.id LIMIT $2
                """,
                [.text(id ?? ""), .integer(Int64(max(0, limit)))]
            ).map(NotedArrival.init)
        }
    }

    package func note(_ arrivals: [NotedArrival]) async throws {
        try await database.write { connection in
            for arrival in arrivals {
                // It may have been removed for good since it was read.
                guard try connection.isHere(arrival.accountID) else { continue }
                try connection.note(arrival.marks, of: arrival.accountID)
            }
        }
    }
}

extension SQLConnection {
    /// The accounts that came with a mark: none, one, or `nil` for one that is gone for good.
    func owners(of mark: ArrivalMark) throws -> [String?] {
        try rows("SELECT account_id FROM arrivals WHERE mark = $1", [.bytes(mark.digest)]).map {
            try $0.optionalText(0)
        }
    }

    /// What another account came with stays with that one.
    func note(_ marks: [ArrivalMark], of accountID: String) throws {
        for mark in marks {
            try insert(
                into: "arrivals", ["mark": .bytes(mark.digest), "account_id": .text(accountID)],
                orElse: """
                    ON CONFLICT (mark) DO UPDATE SET account_id = excluded.account_id
                    WHERE arrivals.account_id IS NULL
                    """)
        }
    }

    /// Before an account is removed for good; what it came with is kept without it by the table itself.
    func rememberRemoval(of accountID: String) throws {
        for row in try rows("SELECT id, attributes FROM accounts WHERE id = $1", [.text(accountID)]) {
            try note(NotedArrival(row).marks, of: accountID)
        }
        try insert(
            into: "arrivals", ["mark": .bytes(ArrivalMark(accountID: accountID).digest), "account_id": .null],
            orElse: "ON CONFLICT (mark) DO UPDATE SET account_id = NULL")
    }

    /// An id that was removed for good is in use again.
    func welcomeBack(_ accountID: String) throws {
        try execute("DELETE FROM arrivals WHERE mark = $1", [.bytes(ArrivalMark(accountID: accountID).digest)])
    }

    fileprivate func isHere(_ accountID: String) throws -> Bool {
        try !rows("SELECT id FROM accounts WHERE id = $1", [.text(accountID)]).isEmpty
    }
}

extension NotedArrival {
    fileprivate init(_ row: Row) throws {
        var cursor = RowCursor(row)
        self.init(accountID: try cursor.text(), marks: Account.arrivalMarks(try cursor.object()))
    }
}

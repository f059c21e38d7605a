extension SQLConnection {
    /// One `INSERT`, with column and value written side by side, so that none can slip. Names of tables and
    /// columns are literals of this room; values never become part of the statement.
    @discardableResult
    func insert(
        into table: String, _ columns: KeyValuePairs<String, SQLValue>, orElse conflict: String = ""
    ) throws -> Int {
        try insertAtOnce(into: table, [columns], orElse: conflict)
    }

    /// Any number of rows that name the same columns, in as few statements as go with few kinds of them: each kind is
    /// prepared once.
    func insert(
        into table: String, _ rows: [KeyValuePairs<String, SQLValue>], orElse conflict: String
    ) throws {
        var rest = rows[...]
        for size in [64, 8, 1] {
            while rest.count >= size {
                _ = try insertAtOnce(into: table, rest.prefix(size), orElse: conflict)
                rest = rest.dropFirst(size)
            }
        }
    }

    private func insertAtOnce(
        into table: String, _ rows: some Collection<KeyValuePairs<String, SQLValue>>, orElse conflict: String
    ) throws -> Int {
        guard let columns = rows.first?.map(\.key) else { return 0 }
        let places = (0..<rows.count).map { row in
            let values = columns.indices.map { "$\(row * columns.count + $0 + 1)" }
            return "(\(values.joined(separator: ", ")))"
        }
        return try execute(
            "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES \(places.joined(separator: ", ")) \(conflict)",
            rows.flatMap { row in row.map(\.value) })
    }
}

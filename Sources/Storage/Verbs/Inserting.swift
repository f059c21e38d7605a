import Synchronization

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
        let statement = InsertStatements.text(table, columns, rows: rows.count, conflict)
        let values = rows.flatMap { row in row.map(\.value) }
        guard conflict.isEmpty else { return try execute(statement, values) }
        // All of them or a failure: nothing is left to ask.
        try put(statement, values)
        return rows.count
    }
}

/// The texts of statements of several rows: some thousand places that are the same each time.
private enum InsertStatements {
    private struct Key: Hashable {
        let table: String
        let columns: [String]
        let rows: Int
        let conflict: String
    }

    private static let written = Mutex<[Key: String]>([:])

    /// One row is written out each time: of those there are as many kinds as tables, and they are short.
    static func text(_ table: String, _ columns: [String], rows: Int, _ conflict: String) -> String {
        guard rows > 1 else { return write(table, columns, rows: rows, conflict) }
        let key = Key(table: table, columns: columns, rows: rows, conflict: conflict)
        if let text = written.withLock({ $0[key] }) { return text }
        let text = write(table, columns, rows: rows, conflict)
        written.withLock { $0[key] = text }
        return text
    }

    private static func write(_ table: String, _ columns: [String], rows: Int, _ conflict: String) -> String {
        let places = (0..<rows).map { row in
            let values = columns.indices.map { "$\(row * columns.count + $0 + 1)" }
            return "(\(values.joined(separator: ", ")))"
        }
        let names = columns.joined(separator: ", ")
        return "INSERT INTO \(table) (\(names)) VALUES \(places.joined(separator: ", ")) \(conflict)"
    }
}

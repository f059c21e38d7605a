/// Goes through a table in the order of its primary key, some hundred rows at a time, so that memory stays flat
/// however many there are. Names of tables and columns come from our own schema, never from outside.
struct TablePages {
    let table: TableShape

    private var size: Int { Self.largeRows.contains(table.name) ? 8 : 500 }
    /// Tables whose rows may hold a megabyte each.
    private static let largeRows: Set<String> = ["pictures"]
    /// Older SQLite takes no more parameters than 999 in a statement.
    private static let mostValues = 900

    func forEach(on connection: any SQLConnection, _ body: ([Row]) throws -> Void) throws {
        let places = table.key.compactMap(table.columns.firstIndex)
        var last: [SQLValue] = []
        while true {
            let page = try connection.rows(selection(continued: !last.isEmpty), last)
            guard let end = page.last else { return }
            try body(page)
            guard page.count == size else { return }
            last = places.compactMap { end.values.indices.contains($0) ? end.values[$0] : nil }
        }
    }

    /// In as few statements as parameters allow.
    func insert(_ rows: [Row], on connection: any SQLConnection) throws {
        let most = max(1, min(size, Self.mostValues / max(1, table.columns.count)))
        var rest = rows[...]
        while !rest.isEmpty {
            let some = rest.prefix(most)
            rest = rest.dropFirst(most)
            try connection.execute(insertion(of: some.count), some.flatMap(\.values))
        }
    }

    func count(on connection: any SQLConnection) throws -> Int64 {
        try connection.rows("SELECT count(*) FROM \(table.name)", []).first?.integer(0) ?? 0
    }

    private func selection(continued: Bool) -> String {
        let key = table.key.joined(separator: ", ")
        let places = table.key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let condition = continued ? "WHERE (\(key)) > (\(places))" : ""
        return """
            SELECT \(table.columns.joined(separator: ", ")) FROM \(table.name) \(condition)
            ORDER BY \(key) LIMIT \(size)
            """
    }

    private func insertion(of rows: Int) -> String {
        let width = table.columns.count
        let tuples = (0..<rows).map { row in
            "(" + (1...max(1, width)).map { "$\(row * width + $0)" }.joined(separator: ", ") + ")"
        }
        return """
            INSERT INTO \(table.name) (\(table.columns.joined(separator: ", "))) VALUES \(tuples.joined(separator: ", "))
            """
    }
}

/// A table as a schema has it. Read from the schema itself, so that no column can be forgotten.
struct TableShape: Sendable, Equatable {
    let name: String
    let columns: [String]
    /// The columns of its primary key, in the order of the key.
    let key: [String]
}

extension SQLiteConnection {
    /// Every table in the order in which they were made: each after those its rows refer to.
    func tableShapes() throws -> [TableShape] {
        try rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid", [])
            .map { try $0.text(0) }
            .filter { !$0.hasPrefix("sqlite_") }
            .map(tableShape)
    }

    private func tableShape(_ name: String) throws -> TableShape {
        let columns = try rows("SELECT name, pk FROM pragma_table_info($1) ORDER BY cid", [.text(name)])
            .map { (name: try $0.text(0), place: try $0.integer(1)) }
        let key = columns.filter { $0.place > 0 }.sorted { $0.place < $1.place }
        return TableShape(name: name, columns: columns.map(\.name), key: key.map(\.name))
    }
}

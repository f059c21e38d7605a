/// One entry of SQLite's own list of what a database is made of: a table, an index, a view, a trigger.
struct SchemaEntry: Hashable {
    let kind: [UInt8]
    let name: [UInt8]
    let table: [UInt8]
    /// The statement that made it, its white space aside.
    private let words: [[UInt8]]

    fileprivate init(_ row: Row) throws {
        kind = try Array(row.text(0).utf8)
        name = try Array(row.text(1).utf8)
        table = try Array(row.text(2).utf8)
        words = try row.text(3).utf8.split { $0 <= 0x20 }.map(Array.init)
    }

    /// As a sentence calls it: `table accounts`.
    var text: String { "\(String(decoding: kind, as: UTF8.self)) \(String(decoding: name, as: UTF8.self))" }
}

extension SQLiteConnection {
    /// Looks at nothing but the list itself: whatever else a query names could be a view that never ends.
    func schemaEntries() throws -> [SchemaEntry] {
        try rows("SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_schema ORDER BY rowid", [])
            .map(SchemaEntry.init)
    }
}

extension BackupFile {
    static let tableOfFacts = "CREATE TABLE backup_facts (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)"

    /// Of a backup of a database that has run some of the steps.
    static func schemaEntries(after versions: Set<Int64>) throws -> [SchemaEntry] {
        switch versions {
        case []: try entriesAfterNone.get()
        case Migration.versions: try entriesAfterAll.get()
        default: try drawnEntries(after: versions)
        }
    }

    private static let entriesAfterNone = Result { try drawnEntries(after: []) }
    private static let entriesAfterAll = Result { try drawnEntries(after: Migration.versions) }

    private static func drawnEntries(after versions: Set<Int64>) throws -> [SchemaEntry] {
        let connection = try inMemory()
        defer { connection.close() }
        try Migration.apply(versions, on: connection)
        try connection.execute(tableOfFacts, [])
        return try connection.schemaEntries()
    }
}

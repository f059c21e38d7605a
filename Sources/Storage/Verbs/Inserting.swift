extension SQLConnection {
    /// One `INSERT`, with column and value written side by side, so that none can slip. Names of tables and
    /// columns are literals of this room; values never become part of the statement.
    @discardableResult
    func insert(
        into table: String, _ columns: KeyValuePairs<String, SQLValue>, orElse conflict: String = ""
    ) throws -> Int {
        let names = columns.map(\.key).joined(separator: ", ")
        let places = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        return try execute("INSERT INTO \(table) (\(names)) VALUES (\(places)) \(conflict)", columns.map(\.value))
    }
}

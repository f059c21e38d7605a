extension Store {
    /// Opens the database at a path, making it if there is none, and brings its schema up to date.
    package static func open(sqlite path: String) async throws -> Store {
        let database = try SQLiteDatabase(path: path)
        do {
            try await Migrator.migrate(database, byteType: "BLOB")
        } catch {
            await database.close()
            throw error
        }
        return Store(database: database)
    }

    /// Whether reads and writes would work now.
    package func ping() async throws {
        try await (database as? any Engine)?.ping()
    }

    package func close() async {
        await (database as? any Engine)?.close()
    }
}

extension Store {
    /// Connects to a database of PostgreSQL, and brings its schema up to date.
    package static func open(postgreSQL address: PostgreSQLAddress, connections: Int = 8) async throws -> Store {
        try await open(PostgreSQLDatabase(address, connections: connections))
    }

    /// Opens the database at a path, making it if there is none, and brings its schema up to date.
    package static func open(sqlite path: String) async throws -> Store {
        try await open(SQLiteDatabase(path: path))
    }

    private static func open(_ database: any Engine) async throws -> Store {
        do {
            try await Migrator.migrate(database)
        } catch {
            await database.close()
            throw error
        }
        return Store(database: database)
    }

    /// Whether reads and writes would work now.
    package func ping() async throws {
        try await database.ping()
    }

    package func close() async {
        await database.close()
    }
}

import Metrics

extension Store {
    /// Connects to a database of PostgreSQL, and brings its schema up to date.
    package static func open(
        postgreSQL address: PostgreSQLAddress, connections: Int = 8,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) async throws -> Store {
        try await open(MeasuredEngine(PostgreSQLDatabase(address, connections: connections, metrics: metrics), metrics))
    }

    /// Opens the database at a path, making it if there is none, and brings its schema up to date.
    package static func open(
        sqlite path: String, metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) async throws -> Store {
        try await open(MeasuredEngine(SQLiteDatabase(path: path, metrics: metrics), metrics))
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

    /// How the engine stands at this moment.
    package var figures: EngineFigures { database.figures }

    package func close() async {
        await database.close()
    }
}

/// Brings a database to the schema this program knows, and refuses one that is ahead of it.
package enum Migrator {
    /// Idempotent, and safe when two processes start at once: each step claims its version in the same write
    /// that makes its tables, so that of two processes one runs it and the other finds it done.
    package static func migrate(_ database: any Database, byteType: String) async throws {
        try await refuseNewer(database)
        let done = try await database.read { connection in
            Set(try connection.rows("SELECT version FROM schema_migrations", []).map { try $0.integer(0) })
        }
        for migration in Migration.all where !done.contains(migration.version) {
            try await database.write { connection in
                let claimed = try connection.insert(
                    into: "schema_migrations",
                    ["version": .integer(migration.version), "name": .text(migration.name)],
                    orElse: "ON CONFLICT (version) DO NOTHING")
                guard claimed == 1 else { return }
                for statement in migration.statements {
                    let sql = statement.replacing("{bytes}", with: byteType)
                    try connection.execute(sql, [])
                }
            }
        }
        try await refuseNewer(database)
    }

    /// Asks the database. An empty one gets the table of versions: how to ask whether a table is there
    /// differs between engines, how to make it does not.
    package static func status(_ database: any Database) async throws -> SchemaStatus {
        try await database.write { connection in
            try connection.execute(
                "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
                [])
            let rows = try connection.rows("SELECT COALESCE(MAX(version), 0) FROM schema_migrations", [])
            return SchemaStatus(found: try rows.first?.integer(0) ?? 0, known: Migration.latest)
        }
    }

    /// Tables of a newer version may mean something else than this program thinks: it must not write there.
    private static func refuseNewer(_ database: any Database) async throws {
        let status = try await status(database)
        guard status.found <= status.known else {
            throw StorageError.newerSchema(found: status.found, known: status.known)
        }
    }
}

/// Brings a database to the schema this program knows, and refuses one that is ahead of it by more than additions.
package enum Migrator {
    static let table = "schema_migrations"
    static let tableOfVersions =
        "CREATE TABLE IF NOT EXISTS \(table) (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)"

    /// A database that has this schema is only looked at, so that a role without rights to make tables will do.
    ///
    /// Idempotent, and safe when two processes start at once: each step claims its version in the same change
    /// that makes its tables, so that of two processes one runs it and the other finds it done.
    package static func migrate(_ database: any Engine) async throws {
        try await migrate(database, by: Migration.all)
    }

    /// By the steps that a program knows.
    static func migrate(_ database: any Engine, by steps: [Migration]) async throws {
        let (done, noted) = try await refuseNewer(database, than: steps)
        let missing = steps.filter { !done.contains($0.version) }
        let additions = steps.filter { $0.isAdditive && !noted.contains($0.version) }
        guard !missing.isEmpty || !additions.isEmpty else { return }
        do {
            try await patiently { try await makeTableOfVersions(in: database) }
            for migration in missing { try await patiently { try await run(migration, on: database) } }
            try await patiently { try await database.change { try $0.note(additions) } }
        } catch StorageError.forbidden {
            throw StorageError.outdatedSchema(found: done.max() ?? 0, known: SchemaStatus(ran: done, of: steps).known)
        }
        _ = try await refuseNewer(database, than: steps)
    }

    /// Asks the database, and changes nothing.
    package static func status(_ database: any Engine) async throws -> SchemaStatus {
        let (ran, additive) = try await versions(database)
        return SchemaStatus(ran: ran, additive: additive)
    }

    /// The steps it has run, and which of them are additive.
    private static func versions(_ database: any Engine) async throws -> (ran: Set<Int64>, additive: Set<Int64>) {
        guard try await database.hasTable(table) else { return ([], []) }
        return try await database.read { connection in
            let ran = try connection.appliedVersions()
            return (ran, try connection.additiveSteps(among: ran))
        }
    }

    /// Another process may be at it, on a slow disk for longer than SQLite waits for a lock (5 s), and SQLite does not
    /// let those who wait go on in turn.
    private static func patiently(_ work: () async throws -> Void) async throws {
        for _ in 1..<12 {
            do {
                return try await work()
            } catch let error as StorageError where error.isTemporary {}
        }
        try await work()
    }

    private static func makeTableOfVersions(in database: any Engine) async throws {
        _ = try await database.change { connection in
            try connection.execute(tableOfVersions, [])
        }
    }

    private static func run(_ migration: Migration, on database: any Engine) async throws {
        let byteType = database.byteType
        try await database.change { connection in
            let claimed = try connection.insert(
                into: table, ["version": .integer(migration.version), "name": .text(migration.name)],
                orElse: "ON CONFLICT (version) DO NOTHING")
            guard claimed == 1 else { return }
            for statement in migration.statements {
                try connection.execute(statement.replacing("{bytes}", with: byteType), [])
            }
        }
    }

    /// Tables of a newer version may mean something else than this program thinks: it must not write there. One step it
    /// does not know is enough, also beneath the highest that it does, unless that says of itself that it is additive.
    private static func refuseNewer(_ database: any Engine, than steps: [Migration]) async throws -> (
        ran: Set<Int64>, additive: Set<Int64>
    ) {
        let (ran, additive) = try await versions(database)
        let status = SchemaStatus(ran: ran, additive: additive, of: steps)
        guard let unknown = status.unknown else { return (ran, additive) }
        throw StorageError.newerSchema(found: unknown, known: status.known)
    }
}

extension Migration {
    /// Runs steps on a file of its own, one after the other, as `Migrator` does on a database in use.
    static func apply(_ versions: Set<Int64>, on connection: SQLiteConnection) throws {
        try connection.execute(Migrator.tableOfVersions, [])
        for migration in all where versions.contains(migration.version) {
            try connection.insert(
                into: Migrator.table,
                ["version": .integer(migration.version), "name": .text(migration.name)])
            for statement in migration.statements {
                try connection.execute(statement.replacing("{bytes}", with: "BLOB"), [])
            }
        }
    }

    static var versions: Set<Int64> { Set(all.map(\.version)) }

    /// The tables as they are after some of the steps.
    static func shapes(after versions: Set<Int64>) throws -> [TableShape] {
        versions == self.versions ? try shapesAfterAll.get() : try drawnShapes(after: versions)
    }

    /// Asked for several times a backup, and always the same.
    private static let shapesAfterAll = Result { try drawnShapes(after: versions) }

    private static func drawnShapes(after versions: Set<Int64>) throws -> [TableShape] {
        let connection = try BackupFile.inMemory()
        defer { connection.close() }
        try apply(versions, on: connection)
        return try connection.tableShapes()
    }
}

extension SQLConnection {
    /// The steps a database has run.
    func appliedVersions() throws -> Set<Int64> {
        try Set(rows("SELECT version FROM \(Migrator.table) ORDER BY version", []).map { try $0.integer(0) })
    }
}

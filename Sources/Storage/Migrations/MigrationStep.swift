/// One step of the schema, as `martlet migrate --status` shows it.
package struct MigrationStep: Sendable, Equatable {
    package enum State: String, Sendable {
        case applied, pending
        /// Run by a newer version; this program does not know it.
        case unknown
    }

    package let version: Int64
    package let name: String
    package let state: State
}

extension Migrator {
    /// Every step this program knows or the database has run, in the order of versions.
    package static func steps(_ database: any Engine) async throws -> [MigrationStep] {
        steps(after: try await database.hasTable(table) ? try await applied(database) : [:])
    }

    /// Those of a database that is not there yet.
    package static var stepsOfNothing: [MigrationStep] { steps(after: [:]) }

    private static func steps(after applied: [Int64: String]) -> [MigrationStep] {
        let known = Migration.all.map { migration in
            MigrationStep(
                version: migration.version, name: migration.name,
                state: applied[migration.version] == nil ? .pending : .applied)
        }
        let newer = applied.filter { !Migration.versions.contains($0.key) }
            .map { MigrationStep(version: $0.key, name: $0.value, state: .unknown) }
        return (known + newer).sorted { $0.version < $1.version }
    }

    private static func applied(_ database: any Engine) async throws -> [Int64: String] {
        try await database.read { connection in
            let rows = try connection.rows("SELECT version, name FROM \(table)", [])
            return Dictionary(try rows.map { (try $0.integer(0), try $0.text(1)) }) { first, _ in first }
        }
    }
}

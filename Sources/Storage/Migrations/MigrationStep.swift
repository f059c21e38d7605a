/// One step of the schema, as `martlet migrate --status` shows it.
package struct MigrationStep: Sendable, Equatable {
    package enum State: String, Sendable {
        case applied, pending
        /// Run by a newer version; this program does not know it, and goes on beside it.
        case additive
        /// Run by a newer version; this program does not know it.
        case unknown
    }

    package let version: Int64
    package let name: String
    package let state: State
    /// Whether a program without it goes on beside it; of steps that this program does not know, the state tells.
    package var isAdditive = false
}

extension Migrator {
    /// Every step this program knows or the database has run, in the order of versions.
    package static func steps(_ database: any Engine) async throws -> [MigrationStep] {
        guard try await database.hasTable(table) else { return stepsOfNothing }
        return try await database.read { connection in
            let rows = try connection.rows("SELECT version, name FROM \(table)", [])
            let applied = Dictionary(try rows.map { (try $0.integer(0), try $0.text(1)) }) { first, _ in first }
            return steps(after: applied, additive: try connection.additiveSteps(among: Set(applied.keys)))
        }
    }

    /// Those of a database that is not there yet.
    package static var stepsOfNothing: [MigrationStep] { steps(after: [:], additive: []) }

    private static func steps(after applied: [Int64: String], additive: Set<Int64>) -> [MigrationStep] {
        let known = Migration.all.map { migration in
            MigrationStep(
                version: migration.version, name: migration.name,
                state: applied[migration.version] == nil ? .pending : .applied, isAdditive: migration.isAdditive)
        }
        let newer = applied.filter { !Migration.versions.contains($0.key) }
            .map { version, name in
                MigrationStep(version: version, name: name, state: additive.contains(version) ? .additive : .unknown)
            }
        return (known + newer).sorted { $0.version < $1.version }
    }
}

import Foundation
import OAuth
import Storage

/// The database as it is, for commands that look at it or move it: opened without changing its schema, and never
/// made.
struct Cellar {
    let settings: Settings

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// As the operator knows it.
    var place: String { settings.databaseLocation.description }

    var engine: String {
        switch settings.databaseLocation {
        case .sqlite: "sqlite"
        case .postgreSQL: "postgresql"
        }
    }

    var isThere: Bool { !settings.databaseLocation.isStillToBeMade }

    /// The steps of the schema; all pending where there is no database yet.
    func steps() async throws -> [MigrationStep] {
        guard isThere else { return Migrator.stepsOfNothing }
        return try await with { try await Migrator.steps($0.database) }
    }

    /// Whatever the work throws, the database is closed.
    func with<Result>(_ work: (Store) async throws -> Result) async throws -> Result {
        guard isThere else {
            throw CommandRefusal("there is no database \(place); see the setting database")
        }
        let store = try open()
        do {
            let result = try await work(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw Self.refusal(error)
        }
    }

    /// Opened for a restore, where nobody else may have it open; what a failed one has made goes again.
    func withAlone<Result>(_ work: (LoneStore) async throws -> Result) async throws -> Result {
        let alone: LoneStore
        do {
            switch settings.databaseLocation {
            case .sqlite(let path): alone = try await Store.openAlone(sqlite: path)
            case .postgreSQL(let address): alone = try await Store.openAlone(postgreSQL: address)
            }
        } catch let error as StorageError where !error.isTemporary {
            throw CommandRefusal(
                "\(place) cannot take a backup in (\(PlainText.escaped(error.detail))); move it away, with the files beside it, and restore into an empty place"
            )
        } catch {
            throw Self.refusal(error)
        }
        do {
            let result = try await work(alone)
            await alone.close()
            return result
        } catch {
            await alone.close()
            // Never from under somebody who has opened it since.
            if alone.wasMade, error as? BackupFault != .inUse, case .sqlite(let path) = settings.databaseLocation {
                Store.remove(sqlite: path)
            }
            throw Self.refusal(error)
        }
    }

    private func open() throws -> Store {
        do {
            switch settings.databaseLocation {
            case .sqlite(let path): return Store(database: try SQLiteDatabase(path: path))
            case .postgreSQL(let address): return Store(database: PostgreSQLDatabase(address, connections: 2))
            }
        } catch {
            throw Self.refusal(error)
        }
    }

    private static func refusal(_ error: any Error) -> any Error {
        switch error {
        case let error as StorageError: CommandRefusal("\(PlainText.escaped("\(error)")); see the setting database")
        case let fault as BackupFault: CommandRefusal("\(fault)")
        default: error
        }
    }
}

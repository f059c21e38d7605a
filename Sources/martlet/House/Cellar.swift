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

    var engine: String { settings.databaseLocation.engine }

    var isThere: Bool { !settings.databaseLocation.isStillToBeMade }

    /// The steps of the schema; all pending where there is no database yet.
    func steps() async throws -> [MigrationStep] {
        guard isThere else { return Migrator.stepsOfNothing }
        return try await with { try await Migrator.steps($0.database) }
    }

    /// Whatever the work throws, the database is closed.
    func with<Result>(_ work: (Store) async throws -> Result) async throws -> Result {
        guard isThere else {
            throw CommandRefusal("there is no database \(place); see the setting \(settings.databaseSetting)")
        }
        let store = try open()
        do {
            let result = try await work(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw refusal(error)
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
            throw refusal(error)
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
            throw refusal(error)
        }
    }

    private func open() throws -> Store {
        do {
            return Store(database: try settings.databaseLocation.unopenedEngine())
        } catch {
            throw refusal(error)
        }
    }

    private func refusal(_ error: any Error) -> any Error {
        switch error {
        case let error as StorageError:
            CommandRefusal("\(PlainText.escaped("\(error)")); see the setting \(settings.databaseSetting)")
        case let fault as BackupFault: CommandRefusal("\(fault)")
        default: error
        }
    }
}

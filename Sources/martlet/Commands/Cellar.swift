import Foundation
import Storage

/// The database as it is, for commands that look at it or move it: opened without changing its schema, and never
/// made.
struct Cellar {
    let settings: Settings

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// As the operator knows it.
    var place: String { settings.databaseLocation.path }
    var engine: String { "sqlite" }

    var isThere: Bool { FileManager.default.fileExists(atPath: place) }

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
    func withAlone<Result>(_ work: (Store) async throws -> Result) async throws -> Result {
        let (store, wasMade): (Store, Bool)
        do {
            (store, wasMade) = try await Store.openAlone(sqlite: place)
        } catch let error as StorageError where !error.isTemporary {
            throw CommandRefusal(
                "\(place) cannot take a backup in (\(error.detail)); move it away, with the files beside it, and restore into an empty place"
            )
        } catch {
            throw Self.refusal(error)
        }
        do {
            let result = try await work(store)
            await store.close()
            return result
        } catch {
            await store.close()
            if wasMade { Store.remove(sqlite: place) }
            throw Self.refusal(error)
        }
    }

    private func open() throws -> Store {
        do {
            return Store(database: try SQLiteDatabase(path: place))
        } catch {
            throw Self.refusal(error)
        }
    }

    private static func refusal(_ error: any Error) -> any Error {
        switch error {
        case let error as StorageError: CommandRefusal("\(error); see the setting database")
        case let fault as BackupFault: CommandRefusal("\(fault)")
        default: error
        }
    }
}

import CSQLite
import Foundation

/// A database that nobody else has open.
package struct LoneStore: Sendable {
    package let store: Store
    package let solitude: Solitude
    /// Whether it was not there before.
    package let wasMade: Bool

    package func close() async {
        await store.close()
        solitude.end()
    }
}

extension Store {
    /// Opens a database for a restore: nobody else may have it open. One that is not there is made.
    package static func openAlone(sqlite path: String) async throws -> LoneStore {
        let file = SQLiteFile(path: path)
        let wasMade = access(file.location, F_OK) != 0
        guard try !file.isInUse() else { throw BackupFault.inUse }
        let store = try await Store.open(sqlite: path)
        do {
            return LoneStore(store: store, solitude: try .ofFile(file), wasMade: wasMade)
        } catch {
            await store.close()
            throw error
        }
    }

    /// The same for PostgreSQL, where the database is always there.
    package static func openAlone(postgreSQL address: PostgreSQLAddress) async throws -> LoneStore {
        let name = "martlet restore \(UUID().uuidString)"
        let store = try await Store.open(postgreSQL: address.named(name), connections: 2)
        let solitude = Solitude.ofConnections(named: name)
        do {
            try await store.database.read { try solitude.check(on: $0) }
        } catch {
            await store.close()
            throw error
        }
        return LoneStore(store: store, solitude: solitude, wasMade: false)
    }

    /// Takes away a database that a restore has made and then could not fill.
    package static func remove(sqlite path: String) {
        for suffix in ["", "-wal", "-shm"] { unlink(SQLiteFile(path: path).location + suffix) }
    }
}

extension PostgreSQLAddress {
    /// The same database, by connections that can be told from others.
    fileprivate func named(_ name: String) -> Self {
        Self(parameters: parameters.merging(["application_name": name]) { $1 })
    }

    private init(parameters: [String: String]) { self.parameters = parameters }
}

extension SQLiteFile {
    /// Whether anybody has it open, idle or not. SQLite lets go of the write-ahead log, which every connection
    /// uses, for nobody but the last one.
    func isInUse() throws -> Bool {
        guard access(location, F_OK) == 0 else { return false }
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(location, &opened, flags, nil)
        defer { sqlite3_close_v2(opened) }
        guard code == SQLITE_OK, let handle = opened else { throw StorageError.cannotOpen(path, code, on: opened) }
        let ending = sqlite3_exec(handle, "PRAGMA journal_mode = DELETE", nil, nil, nil)
        guard ending & 0xFF != SQLITE_BUSY, ending & 0xFF != SQLITE_LOCKED else { return true }
        guard ending == SQLITE_OK else { throw StorageError.cannotOpen(path, ending, on: handle) }
        return false
    }
}

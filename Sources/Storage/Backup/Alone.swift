import CSQLite
import Foundation

extension Store {
    /// Opens a database for a restore: nobody else may have it open. One that is not there is made, and
    /// `wasMade` says so.
    package static func openAlone(sqlite path: String) async throws -> (store: Store, wasMade: Bool) {
        let file = SQLiteFile(path: path)
        let wasMade = access(file.location, F_OK) != 0
        guard try !file.isInUse() else { throw BackupFault.inUse }
        return (try await Store.open(sqlite: path), wasMade)
    }

    /// The same for PostgreSQL, where the database is always there.
    package static func openAlone(postgreSQL address: PostgreSQLAddress) async throws -> Store {
        let name = "martlet restore \(UUID().uuidString)"
        let store = try await Store.open(postgreSQL: address.named(name), connections: 2)
        do {
            guard try await !store.isUsedBesides(name) else { throw BackupFault.inUse }
        } catch {
            await store.close()
            throw error
        }
        return store
    }

    /// Takes away a database that a restore has made and then could not fill.
    package static func remove(sqlite path: String) {
        for suffix in ["", "-wal", "-shm"] { unlink(SQLiteFile(path: path).location + suffix) }
    }

    /// Whether anybody is connected who may write here, this program's own connections apart. Of other roles'
    /// sessions one sees no more than the role; and a superuser who merely looks on is no server.
    private func isUsedBesides(_ name: String) async throws -> Bool {
        try await database.read { connection in
            try !connection.rows(
                """
                SELECT 1 FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.rolname = a.usename
                WHERE a.datname = current_database() AND COALESCE(a.backend_type, 'client backend') = 'client backend'
                    AND a.application_name IS DISTINCT FROM CAST($1 AS TEXT)
                    AND (a.application_name LIKE 'martlet%' OR r.rolname = current_user
                        OR (NOT r.rolsuper AND has_table_privilege(r.rolname, 'accounts', 'INSERT')))
                """,
                [.text(name)]
            ).isEmpty
        }
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

import Foundation

/// That nobody else has a database open. It was so when a restore began, and is asked again when it is about to
/// change something: a server may have been started while somebody thought about a question.
package struct Solitude: Sendable {
    private let isBroken: @Sendable (any SQLConnection) throws -> Bool
    private let onEnd: @Sendable () -> Void

    /// Throws when somebody has come.
    package func check(on connection: any SQLConnection) throws {
        guard try !isBroken(connection) else { throw BackupFault.inUse }
    }

    /// To be called when the database is closed, and not before.
    package func end() { onEnd() }
}

extension Solitude {
    /// On a file of SQLite's every process that has it open holds a lock, idle or not, for as long as it logs ahead.
    static func ofFile(_ file: SQLiteFile) throws -> Solitude {
        let descriptor = open(file.location, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StorageError.cannotOpen(path: file.path, reason: String(cString: strerror(errno)))
        }
        return Solitude(
            isBroken: { _ in try file.isLockedElsewhere(descriptor) },
            // Closing drops every lock this process has on the file, so it may only come last.
            onEnd: { close(descriptor) })
    }

    static func ofConnections(named name: String) -> Solitude {
        Solitude(isBroken: { try $0.isUsedBesides(name) }, onEnd: {})
    }
}

extension SQLiteFile {
    /// Where SQLite's locks lie since its version 3.0, in bytes.
    private static let locks = (start: off_t(0x4000_0000), count: off_t(512))

    /// Whether another process holds any lock: the system leaves out those of our own.
    fileprivate func isLockedElsewhere(_ descriptor: Int32) throws -> Bool {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        (lock.l_start, lock.l_len) = Self.locks
        guard fcntl(descriptor, F_GETLK, &lock) == 0 else {
            throw StorageError.unavailable("its locks cannot be seen: \(String(cString: strerror(errno)))")
        }
        return lock.l_type != Int16(F_UNLCK)
    }
}

extension SQLConnection {
    /// Whether anybody is connected who may write here, this program's own connections apart. Of other roles'
    /// sessions one sees no more than the role; and a superuser who merely looks on is no server.
    fileprivate func isUsedBesides(_ name: String) throws -> Bool {
        try !rows(
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

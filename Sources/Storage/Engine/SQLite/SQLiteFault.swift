import CSQLite
import Foundation

extension StorageError {
    /// What a result code of SQLite means to the operator. Extended codes carry the primary one in their low byte.
    static func sqlite(_ code: Int32, _ detail: String) -> StorageError {
        switch code & 0xFF {
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG:
            .constraint(detail)
        case SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_MISUSE, SQLITE_RANGE:
            .corrupt(detail)
        default:
            // FULL, IOERR, BUSY, LOCKED, CANTOPEN, READONLY, NOMEM…: the world outside, which may mend.
            .unavailable(detail)
        }
    }

    /// The last fault of a connection, in SQLite's own words, and the file it is about.
    static func sqlite(_ code: Int32, on handle: OpaquePointer?) -> StorageError {
        let detail = sqliteDetail(code, on: handle)
        guard let path = sqlite3_db_filename(handle, "main").map({ String(cString: $0) }) else {
            return sqlite(code, detail)
        }
        let isFull = code & 0xFF == SQLITE_FULL
        return sqlite(code, isFull ? "the disk of \(path) is full; make room there" : "\(detail) (\(path))")
    }

    /// The fault of an opening, with a hint where SQLite's own words would leave the operator guessing.
    static func cannotOpen(_ path: String, _ code: Int32, on handle: OpaquePointer?) -> StorageError {
        let reason =
            switch code & 0xFF {
            case SQLITE_NOTADB: "it is not an SQLite database"
            case SQLITE_CORRUPT: "it is damaged; restore a backup"
            case SQLITE_BUSY, SQLITE_LOCKED: "another process keeps it locked"
            case SQLITE_FULL: "the disk is full"
            default: sqliteDetail(code, on: handle)
            }
        return .cannotOpen(path: path, reason: reason)
    }

    private static func sqliteDetail(_ code: Int32, on handle: OpaquePointer?) -> String {
        let general = String(cString: sqlite3_errstr(code))
        guard let handle else { return general }
        let message = String(cString: sqlite3_errmsg(handle))
        let system = sqlite3_system_errno(handle)
        let isAboutFiles = [SQLITE_CANTOPEN, SQLITE_IOERR].contains(code & 0xFF)
        return isAboutFiles && system != 0 ? "\(message): \(String(cString: strerror(system)))" : message
    }
}

import CSQLite
import Foundation

/// The file of a backup: a SQLite database of the same schema, whole in itself, with one table more that says
/// what it is (`backup_facts`).
enum BackupFile {
    /// Stands in the header of the file, where `file` and SQLite's own tools show it: “MRTL”.
    static let applicationID: UInt32 = 0x4D52_544C

    /// A database in a file that is there and empty. It keeps no journal: if the work breaks off, the file goes.
    static func create(at path: String) throws -> SQLiteConnection {
        let connection = try open(SQLiteFile(path: path).location, SQLITE_OPEN_READWRITE, path: path)
        for pragma in [
            "journal_mode = OFF", "synchronous = OFF", "foreign_keys = ON", "trusted_schema = OFF",
            "application_id = \(applicationID)",
        ] { _ = try connection.rows("PRAGMA \(pragma)", []) }
        return connection
    }

    /// For reading alone: nothing is made beside it, so that it may lie on a medium that cannot be written to.
    static func openForReading(_ path: String) throws -> SQLiteConnection {
        let header = try header(of: path)
        guard header.starts(with: Array("SQLite format 3\0".utf8)), header.count == 100,
            header[68..<72].elementsEqual(withUnsafeBytes(of: applicationID.bigEndian) { Array($0) })
        else { throw BackupFault.isNoBackup(path: path) }
        let location = try address(of: SQLiteFile(path: path).location)
        let connection = try open(location, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, path: path)
        for pragma in ["query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"] {
            _ = try connection.rows("PRAGMA \(pragma)", [])
        }
        return connection
    }

    /// A schema of ours with nothing in it, to compare with.
    static func inMemory() throws -> SQLiteConnection {
        try open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, path: ":memory:")
    }

    /// Whether a file that stands in the way is one of ours.
    static func isBackup(_ path: String) -> Bool {
        guard let header = try? header(of: path), header.count == 100 else { return false }
        return header[68..<72].elementsEqual(withUnsafeBytes(of: applicationID.bigEndian) { Array($0) })
    }

    private static func header(of path: String) throws(BackupFault) -> [UInt8] {
        let file = Foundation.open(SQLiteFile(path: path).location, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
        defer { Foundation.close(file) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = Foundation.read(file, &bytes, bytes.count)
        guard count >= 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
        return Array(bytes.prefix(count))
    }

    /// SQLite takes the wish to leave a file alone only as part of an address, where some characters mean more.
    private static func address(of location: String) throws(BackupFault) -> String {
        let allowed = CharacterSet(charactersIn: "/-_.~").union(.alphanumerics)
        guard let escaped = location.addingPercentEncoding(withAllowedCharacters: allowed) else {
            throw .cannotRead(path: location, reason: "its name is no text")
        }
        return "file:\(escaped)?immutable=1"
    }

    private static func open(_ location: String, _ flags: Int32, path: String) throws -> SQLiteConnection {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(location, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle = opened else {
            defer { sqlite3_close_v2(opened) }
            throw StorageError.cannotOpen(path, code, on: opened)
        }
        return SQLiteConnection(handle)
    }
}

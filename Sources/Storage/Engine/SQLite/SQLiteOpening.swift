import CSQLite

extension SQLiteFile {
    enum Use {
        case reading, writing
        /// Without waiting for other processes: others wait for the thread meanwhile.
        case lookingUp
    }

    /// How long SQLite waits for another process, in milliseconds.
    private static let patience: Int32 = 5_000

    func connect(for use: Use) throws -> SQLiteConnection {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(location, &opened, flags, nil)
        guard code == SQLITE_OK, let handle = opened else {
            defer { sqlite3_close_v2(opened) }
            throw StorageError.cannotOpen(path, code, on: opened)
        }
        let connection = SQLiteConnection(handle)
        sqlite3_busy_timeout(handle, Self.patience)
        // SQLite quietly opens a file for reading alone when it may not write.
        guard sqlite3_db_readonly(handle, "main") == 0 else {
            throw StorageError.cannotOpen(path: path, reason: "it may be read but not written")
        }
        try prepare(handle, for: use)
        // Where memory cannot be shared SQLite quietly keeps its old journal, with which readers stop the writer.
        guard try connection.rows("PRAGMA journal_mode", []).first?.text(0) == "wal" else {
            throw StorageError.cannotOpen(path: path, reason: "its file system cannot hold a write-ahead log")
        }
        if use == .lookingUp { sqlite3_busy_timeout(handle, 0) }
        return connection
    }

    private func prepare(_ handle: OpaquePointer, for use: Use) throws {
        try useLog(handle)
        try run("PRAGMA synchronous = FULL", on: handle)
        try run("PRAGMA foreign_keys = ON", on: handle)
        try run("PRAGMA trusted_schema = OFF", on: handle)
        if use != .writing { try run("PRAGMA query_only = ON", on: handle) }
        try run("SELECT count(*) FROM sqlite_schema", on: handle)
    }

    /// Two processes that turn a new file to the log at once would wait for each other, so SQLite refuses one
    /// at once instead of letting it wait: that one asks again.
    private func useLog(_ handle: OpaquePointer) throws {
        var waited: Int32 = 0
        while true {
            let code = sqlite3_exec(handle, "PRAGMA journal_mode = WAL", nil, nil, nil)
            if code == SQLITE_OK { return }
            guard code & 0xFF == SQLITE_BUSY, waited < Self.patience else {
                throw StorageError.cannotOpen(path, code, on: handle)
            }
            waited += sqlite3_sleep(10)
        }
    }

    private func run(_ sql: String, on handle: OpaquePointer) throws {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw StorageError.cannotOpen(path, code, on: handle) }
    }
}

import CSQLite

/// One connection, for one thread at a time.
///
/// `@unchecked Sendable`: it has one user at a time. The thread of its queue is the only one ever to use it, or
/// ``ReadyConnections`` lends it, under a lock, to one caller after the other.
final class SQLiteConnection: SQLConnection, @unchecked Sendable {
    private var handle: OpaquePointer?
    private var statements: [String: SQLiteStatement] = [:]
    /// Topics to be told after the commit.
    var announcements: [String] = []

    /// The verbs have far fewer statements; the bound keeps a mistake from growing for ever.
    private static let mostStatements = 256

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit { close() }

    func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] {
        try statement(sql).run(values)
    }

    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
        let before = sqlite3_total_changes64(handle)
        _ = try rows(sql, values)
        // A statement that changes nothing leaves the last count standing.
        return sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
    }

    func put(_ sql: String, _ values: [SQLValue]) throws { try execute(sql, values) }

    func announce(_ topic: String) { announcements.append(topic) }

    func takeAnnouncements() -> [String] {
        defer { announcements = [] }
        return announcements
    }

    /// Some faults (a full disk) make SQLite roll the whole transaction back by itself.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    func close() {
        statements = [:]
        sqlite3_close_v2(handle)
        handle = nil
    }

    private func statement(_ sql: String) throws -> SQLiteStatement {
        if let kept = statements[sql] { return kept }
        guard let handle else { throw StorageError.unavailable("it has been closed") }
        let statement = try Self.prepare(sql, on: handle)
        if statements.count >= Self.mostStatements { statements = [:] }
        statements[sql] = statement
        return statement
    }

    private static func prepare(_ sql: String, on handle: OpaquePointer) throws -> SQLiteStatement {
        var sql = sql
        return try sql.withUTF8 { text in
            try text.withMemoryRebound(to: CChar.self) { text in
                var prepared: OpaquePointer?
                var rest: UnsafePointer<CChar>?
                let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
                let code = sqlite3_prepare_v3(handle, text.baseAddress, Int32(text.count), flags, &prepared, &rest)
                guard code == SQLITE_OK else { throw StorageError.sqlite(code, on: handle) }
                guard let prepared else { throw StorageError.corrupt("a statement is empty") }
                let statement = try SQLiteStatement(prepared)
                try refuse(rest, in: text, on: handle)
                return statement
            }
        }
    }

    /// SQLite would silently leave out whatever follows the first statement.
    private static func refuse(
        _ rest: UnsafePointer<CChar>?, in text: UnsafeBufferPointer<CChar>, on handle: OpaquePointer
    ) throws {
        guard let rest, let start = text.baseAddress else { return }
        var second: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, rest, Int32(text.count - (rest - start)), 0, &second, nil)
        sqlite3_finalize(second)
        guard code == SQLITE_OK, second == nil else { throw StorageError.corrupt("two statements came as one") }
    }
}

import CSQLite
import JSON

/// A prepared statement, kept by its connection for the next time.
final class SQLiteStatement {
    private let statement: OpaquePointer
    /// Where SQLite keeps `$1`, `$2`…: to SQLite these are names, numbered in the order they first stand in the text.
    private let positions: [Int32]

    init(_ statement: OpaquePointer) throws {
        self.statement = statement
        let count = sqlite3_bind_parameter_count(statement)
        positions = (0..<count).map { sqlite3_bind_parameter_index(statement, "$\($0 + 1)") }
    }

    deinit { sqlite3_finalize(statement) }

    /// Runs to the end, so that no statement is under way when the next one starts.
    func run(_ values: [SQLValue]) throws -> [Row] {
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)  // secrets do not outlive their statement
        }
        try bind(values)
        var rows: [Row] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append(try row())
            case SQLITE_DONE: return rows
            case let code: throw fault(code)
            }
        }
    }

    private func bind(_ values: [SQLValue]) throws {
        guard values.count == positions.count, !positions.contains(0) else {
            throw StorageError.corrupt("a statement has \(positions.count) parameters, \(values.count) values came")
        }
        guard !values.contains(where: \.holdsNUL) else { throw StorageError.constraint(SQLValue.nulRefusal) }
        for (value, position) in zip(values, positions) {
            let code = bind(value, at: position)
            guard code == SQLITE_OK else { throw fault(code) }
        }
    }

    /// With lengths: what a value holds never decides where it ends.
    private func bind(_ value: SQLValue, at position: Int32) -> Int32 {
        switch value {
        case .text(var text):
            text.withUTF8 { martlet_sqlite_bind_text(statement, position, $0.baseAddress, $0.count) }
        case .integer(let integer):
            sqlite3_bind_int64(statement, position, integer)
        case .bytes(let bytes):
            bytes.withUnsafeBytes { martlet_sqlite_bind_bytes(statement, position, $0.baseAddress, $0.count) }
        case .null:
            sqlite3_bind_null(statement, position)
        }
    }

    private func row() throws -> Row {
        Row(values: try (0..<sqlite3_column_count(statement)).map(value))
    }

    private func value(_ column: Int32) throws -> SQLValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(statement, column) else { throw fault(SQLITE_NOMEM) }
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
            guard let text = String(utf8: bytes) else {
                throw StorageError.corrupt("a text is not UTF-8")
            }
            return .text(text)
        case SQLITE_INTEGER:
            return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            return .bytes([UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)))
        case SQLITE_NULL:
            return .null
        default:
            throw StorageError.corrupt("a column has a type the schema does not know")
        }
    }

    private func fault(_ code: Int32) -> StorageError {
        .sqlite(code, on: sqlite3_db_handle(statement))
    }
}

import CPostgreSQL

/// What went wrong with one statement, in PostgreSQL's own words as far as they may be repeated.
struct PostgreSQLFault: Error {
    /// Five characters (PostgreSQL documentation, appendix A), or `""` when the server said nothing any more.
    let state: String
    let message: String

    /// Only the primary message: DETAIL and CONTEXT quote values of rows. So do the messages of class 22.
    init(_ result: OpaquePointer) {
        state = Self.field(.state, of: result) ?? ""
        let primary = Self.field(.primaryMessage, of: result) ?? "the connection was lost"
        message = state.hasPrefix("22") ? "a value does not fit (SQLSTATE \(state))" : Self.line(primary)
    }

    init(state: String = "", _ message: String) {
        self.state = state
        self.message = message
    }

    /// Two writes that cannot both be so: this one has left no trace, and may be tried again.
    var isConflict: Bool { state == "40001" || state == "40P01" }

    /// The plan of a statement is out of date, its name is not what either side thinks, or the server has become a standby:
    /// a new connection may do better.
    var spoilsConnection: Bool { ["0A000", "25006", "26000", "42P05"].contains(state) }

    var storageError: StorageError {
        switch state {
        case "42501", "3F000": return .forbidden(message)
        case "08P01": return .corrupt(message)
        default: break
        }
        switch state.prefix(2) {
        case "22", "23", "54": return .constraint(message)
        case "", "08", "0A", "25", "26", "28", "40", "53", "55", "57", "58": return .unavailable(message)
        default: return .corrupt(message)
        }
    }

    /// libpq ends lines, and writes several for several addresses.
    static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: "; ")
    }

    private static func field(_ field: Field, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(field.rawValue)).map { String(cString: $0) }
    }

    /// `PG_DIAG_…`: characters to C.
    private enum Field: UInt8 {
        case state = 0x43
        case primaryMessage = 0x4D
    }
}

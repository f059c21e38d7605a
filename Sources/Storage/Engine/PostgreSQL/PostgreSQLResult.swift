import CPostgreSQL

/// What the server answered, freed with this value.
final class PostgreSQLResult {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    var fault: PostgreSQLFault? {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: nil
        case PGRES_EMPTY_QUERY: PostgreSQLFault(state: "42601", "a statement is empty")
        case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_BAD_RESPONSE: PostgreSQLFault(result)
        default: PostgreSQLFault(state: "42601", "a statement of another kind came")
        }
    }

    /// The last of a pipeline, which stands for none of its statements.
    var endsPipeline: Bool { PQresultStatus(result) == PGRES_PIPELINE_SYNC }

    /// A `COPY` goes on in a way that is not spoken here.
    var isCopy: Bool {
        [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(PQresultStatus(result))
    }

    /// `COMMIT`, `UPDATE 1`…
    var tag: String { String(cString: PQcmdStatus(result)) }

    /// The one word that a statement without parameters answers, which comes as text.
    var word: String? {
        guard PQntuples(result) == 1, PQnfields(result) == 1, PQgetisnull(result, 0, 0) == 0 else { return nil }
        return PQgetvalue(result, 0, 0).map { String(cString: $0) }
    }

    /// Rows that were inserted, updated or deleted; a `SELECT` changes none.
    var changes: Int {
        tag.hasPrefix("SELECT") ? 0 : Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Types of the parameters, when a prepared statement was described.
    var parameterTypes: [Oid] { (0..<PQnparams(result)).map { PQparamtype(result, $0) } }

    /// Rows in binary form.
    func rows() throws -> [Row] {
        let types = (0..<PQnfields(result)).map { PQftype(result, $0) }
        return try (0..<PQntuples(result)).map { row in
            Row(values: try types.enumerated().map { try value(row, Int32($0.offset), of: $0.element) })
        }
    }

    private func value(_ row: Int32, _ column: Int32, of type: Oid) throws -> SQLValue {
        guard PQgetisnull(result, row, column) == 0 else { return .null }
        guard let start = PQgetvalue(result, row, column) else { throw StorageError.corrupt("a column has no value") }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        switch type {
        case ColumnType.text, ColumnType.varchar:
            guard let text = bytes.withMemoryRebound(to: UInt8.self, { String(utf8: $0) }) else {
                throw StorageError.corrupt("a text is not UTF-8")
            }
            return .text(text)
        case ColumnType.bigint, ColumnType.integer, ColumnType.smallint, ColumnType.boolean:
            return .integer(Self.integer(bytes))
        case ColumnType.bytes:
            return .bytes([UInt8](bytes))
        default:
            throw StorageError.corrupt("a column has a type the schema does not know")
        }
    }

    /// Network byte order, of 1 to 8 bytes.
    private static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        guard let first = bytes.first, bytes.count <= 8 else { return 0 }
        let start: Int64 = bytes.count > 1 && first >= 0x80 ? -1 : 0
        return bytes.reduce(start) { $0 << 8 | Int64($1) }
    }
}

/// Object identifiers of the types that columns have (`pg_type`), which no version changes.
enum ColumnType {
    static let boolean: Oid = 16
    static let bytes: Oid = 17
    static let bigint: Oid = 20
    static let smallint: Oid = 21
    static let integer: Oid = 23
    static let text: Oid = 25
    static let varchar: Oid = 1043
}

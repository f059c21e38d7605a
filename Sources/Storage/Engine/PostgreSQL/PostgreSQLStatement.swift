import CPostgreSQL

/// A prepared statement: its name on one connection, and what the server takes its parameters for.
struct PostgreSQLStatement {
    let name: String
    let types: [Oid]

    /// A value of another type than the column's would be turned into something by one engine and refused by the
    /// other: here it is refused.
    func check(_ values: [SQLValue]) throws(PostgreSQLFault) {
        guard values.count == types.count else {
            throw PostgreSQLFault(
                state: "42P02", "a statement has \(types.count) parameters, \(values.count) values came")
        }
        guard !values.contains(where: \.holdsNUL) else { throw PostgreSQLFault(state: "22021", SQLValue.nulRefusal) }
        guard zip(values, types).allSatisfy(Self.fits) else {
            throw PostgreSQLFault(state: "42804", "a parameter has another type than its column")
        }
    }

    /// Sends it: bytes in binary form with their length, the rest as text, which ends with NUL and holds none.
    func send(_ values: [SQLValue], on handle: OpaquePointer) -> Int32 {
        let parameters = values.map(Self.bytes)
        let all = parameters.flatMap { $0 ?? [] }
        let lengths = parameters.map { Int32($0?.count ?? 0) }
        let formats = types.map { Int32($0 == ColumnType.bytes ? 1 : 0) }
        return all.withUnsafeBytes { all in
            var offset = 0
            let empty = UnsafePointer<CChar>(bitPattern: 1)
            let pointers = parameters.map { parameter -> UnsafePointer<CChar>? in
                guard let parameter else { return nil }
                defer { offset += parameter.count }
                return all.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self) ?? empty
            }
            return PQsendQueryPrepared(handle, name, Int32(values.count), pointers, lengths, formats, 1)
        }
    }

    private static func fits(_ value: SQLValue, _ type: Oid) -> Bool {
        switch value {
        case .text: [ColumnType.text, ColumnType.varchar].contains(type)
        case .integer: [ColumnType.bigint, ColumnType.integer, ColumnType.smallint].contains(type)
        case .bytes: type == ColumnType.bytes
        case .null: true
        }
    }

    private static func bytes(_ value: SQLValue) -> [UInt8]? {
        switch value {
        case .text(let text): Array(text.utf8) + [0]
        case .integer(let integer): Array(String(integer).utf8) + [0]
        case .bytes(let bytes): bytes
        case .null: nil
        }
    }
}

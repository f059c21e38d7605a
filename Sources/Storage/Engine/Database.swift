/// The seam between the verbs and an engine: SQL is written once, in the dialect both engines share.
///
/// A closure has no effect outside the database: the batch it runs in may be rolled back, and an engine
/// may run it again after a conflict.
package protocol Database: Sendable {
    /// Sees everything whose write has been acknowledged; never waits for a writer.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// One statement that finds a few rows by their keys. It stands in no transaction, and may run in the thread of
    /// whoever asks.
    func lookUp(_ sql: String, _ values: [SQLValue]) async throws -> [Row]

    /// One transaction, alone in its effect: a failing one leaves no trace. Returns after the commit is durable.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// The same for a body that decides nothing by what it has read: one conditional `UPDATE`, or rows that are new,
    /// right whatever others write meanwhile (IN3). Those that come together share a commit on every engine.
    func conditionalWrite<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// The same for a body that goes on with the rows of one statement: those that come together may send theirs in one
    /// exchange, before any of them goes on.
    func conditionalWrite<Result: Sendable>(
        _ first: SQLStatement, then body: @escaping @Sendable ([Row], any SQLConnection) throws -> Result
    ) async throws -> Result
}

/// One statement with `$1`, `$2`… and their values.
package struct SQLStatement: Sendable {
    let sql: String
    let values: [SQLValue]

    package init(_ sql: String, _ values: [SQLValue]) {
        self.sql = sql
        self.values = values
    }
}

/// A connection inside a read or a write. Once a statement has failed, nothing of the closure is kept: it lets the
/// fault through.
package protocol SQLConnection {
    /// Runs one statement with `$1`, `$2`… and gives its rows (those of `RETURNING` included).
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row]

    /// Runs one statement and says how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int

    /// Runs one statement of which nothing is asked but that it succeeds. An engine may send it with the next, or with the
    /// commit, and tell of its failure there; whatever follows sees its effect.
    func put(_ sql: String, _ values: [SQLValue]) throws

    /// Tells everybody who listens to `changes()`, once this write is committed and not before.
    func announce(_ topic: String) throws
}

/// The three types columns have, and NULL.
package enum SQLValue: Sendable, Equatable {
    case text(String)
    case integer(Int64)
    case bytes([UInt8])
    case null
}

extension SQLValue {
    /// PostgreSQL's text cannot hold the character NUL, so no engine takes it: nothing is ever cut short at one.
    var holdsNUL: Bool {
        if case .text(let text) = self { text.holdsNUL } else { false }
    }

    static let nulRefusal = "a text holds the character NUL"
}

/// A row's values in the order of the statement. Reading a column as another type than it has is a fault
/// of the schema and throws.
package struct Row: Sendable {
    let values: [SQLValue]

    package init(values: [SQLValue]) {
        self.values = values
    }

    func text(_ column: Int) throws -> String {
        guard let text = try optionalText(column) else { throw StorageError.corrupt("column \(column) is NULL") }
        return text
    }

    func integer(_ column: Int) throws -> Int64 {
        guard let integer = try optionalInteger(column) else { throw StorageError.corrupt("column \(column) is NULL") }
        return integer
    }

    func bytes(_ column: Int) throws -> [UInt8] {
        guard case .bytes(let bytes) = try value(column) else {
            throw StorageError.corrupt("column \(column) is not bytes")
        }
        return bytes
    }

    func optionalText(_ column: Int) throws -> String? {
        switch try value(column) {
        case .text(let text): text
        case .null: nil
        default: throw StorageError.corrupt("column \(column) is not text")
        }
    }

    func optionalInteger(_ column: Int) throws -> Int64? {
        switch try value(column) {
        case .integer(let integer): integer
        case .null: nil
        default: throw StorageError.corrupt("column \(column) is not an integer")
        }
    }

    private func value(_ column: Int) throws -> SQLValue {
        guard values.indices.contains(column) else { throw StorageError.corrupt("there is no column \(column)") }
        return values[column]
    }
}

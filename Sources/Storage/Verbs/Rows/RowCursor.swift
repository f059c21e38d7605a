import JSON
import OAuth

/// Reads a row column by column, in the order a statement names them. What cannot be read is damage, not absence.
struct RowCursor {
    private let row: Row
    private var column = 0

    init(_ row: Row) {
        self.row = row
    }

    mutating func text() throws -> String { try row.text(next()) }
    mutating func optionalText() throws -> String? { try row.optionalText(next()) }
    mutating func integer() throws -> Int64 { try row.integer(next()) }
    mutating func bytes() throws -> [UInt8] { try row.bytes(next()) }
    mutating func flag() throws -> Bool { try integer() != 0 }
    mutating func digest() throws -> TokenDigest { TokenDigest(bytes: try bytes()) }
    mutating func instant() throws -> Instant { Instant(seconds: try integer()) }
    mutating func optionalInstant() throws -> Instant? { try row.optionalInteger(next()).map(Instant.init(seconds:)) }
    mutating func scopes() throws -> ScopeSet { Self.scopes(try text()) }
    mutating func optionalScopes() throws -> ScopeSet? { try optionalText().map(Self.scopes) }

    mutating func strings() throws -> [String] {
        guard let strings = try json().stringsValue else { throw damage("a list of texts") }
        return strings
    }

    /// An object whose members are all texts.
    mutating func texts() throws -> [String: String] {
        guard let members = try json().objectValue?.members else { throw damage("an object of texts") }
        return try members.reduce(into: [:]) { texts, member in
            guard let text = member.value.stringValue else { throw damage("an object of texts") }
            texts[member.key] = text
        }
    }

    mutating func object() throws -> JSONObject {
        guard let object = try json().objectValue else { throw damage("an object") }
        return object
    }

    mutating func parameters() throws -> Parameters {
        let pairs = try json().arrayValue?.map { pair throws -> (name: String, value: String) in
            guard let texts = pair.stringsValue, texts.count == 2 else { throw damage("a pair of texts") }
            return (name: texts[0], value: texts[1])
        }
        guard let pairs else { throw damage("a list of pairs") }
        return try Parameters(pairs)
    }

    private mutating func next() -> Int {
        defer { column += 1 }
        return column
    }

    /// Larger than what is parsed elsewhere: this text was written here, from a request within its bounds.
    private mutating func json() throws -> JSONValue {
        let bytes = Array(try text().utf8)
        do {
            return try JSONValue(parsing: bytes, maximumBytes: 1_048_576)
        } catch {
            throw damage("JSON")
        }
    }

    private func damage(_ expected: String) -> StorageError {
        .corrupt("column \(column - 1) is not \(expected)")
    }

    /// Unlike a request's, a remembered list may be long: it is the union of many.
    private static func scopes(_ text: String) -> ScopeSet {
        ScopeSet(text.split(separator: " ").map(String.init))
    }
}

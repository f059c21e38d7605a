/// One step into a JSON text: to a member of an object, or an element of an array.
package enum JSONPathElement: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case key(String)
    case index(Int)

    package init(stringLiteral value: String) { self = .key(value) }
    package init(integerLiteral value: Int) { self = .index(value) }
}

/// Where in a text its members stand, so that a message about a client file can name the line.
///
/// Jansson keeps no positions of what it read; this finds them again, only when something must be said. It is made
/// for texts that parsed, and merely finds nothing, or the wrong place, in others.
package struct JSONPositions: Sendable {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Where a member begins, with its key, or an element of an array. The empty path is the whole text.
    package func position(of path: [JSONPathElement]) -> (line: Int, column: Int)? {
        place(of: path).map { $0.name ?? $0.value }
    }

    /// Where the value of a member begins.
    package func positionOfValue(at path: [JSONPathElement]) -> (line: Int, column: Int)? {
        place(of: path)?.value
    }

    private typealias Place = (name: (line: Int, column: Int)?, value: (line: Int, column: Int))

    private func place(of path: [JSONPathElement]) -> Place? {
        var cursor = JSONCursor(bytes)
        var name: (line: Int, column: Int)?
        cursor.skipWhitespace()
        for element in path {
            switch element {
            case .key(let key):
                guard let found = enter(key, &cursor) else { return nil }
                name = found
            case .index(let index):
                guard enter(index, &cursor) else { return nil }
                name = nil
            }
        }
        guard cursor.current != nil else { return nil }
        return (name, (cursor.line, cursor.column))
    }

    /// Moves from the start of an object to the value of one member; gives the position of its key.
    private func enter(_ key: String, _ cursor: inout JSONCursor) -> (line: Int, column: Int)? {
        guard cursor.skip(UInt8(ascii: "{")) else { return nil }
        cursor.skipWhitespace()
        while cursor.current == UInt8(ascii: "\"") {
            let position = (cursor.line, cursor.column)
            let name = cursor.skipString()
            cursor.skipWhitespace()
            guard cursor.skip(UInt8(ascii: ":")) else { return nil }
            cursor.skipWhitespace()
            if Self.names(name, key) { return position }
            guard skipElement(&cursor) else { return nil }
        }
        return nil
    }

    /// Moves from the start of an array to one element.
    private func enter(_ index: Int, _ cursor: inout JSONCursor) -> Bool {
        guard index >= 0, cursor.skip(UInt8(ascii: "[")) else { return false }
        cursor.skipWhitespace()
        var passed = 0
        while passed < index {
            guard skipElement(&cursor) else { return false }
            passed += 1
        }
        return cursor.current != UInt8(ascii: "]")
    }

    private func skipElement(_ cursor: inout JSONCursor) -> Bool {
        cursor.skipValue()
        cursor.skipWhitespace()
        let more = cursor.skip(UInt8(ascii: ","))
        cursor.skipWhitespace()
        return more
    }

    /// A key may be written with escapes, which the parser undoes.
    private static func names(_ quoted: ArraySlice<UInt8>, _ key: String) -> Bool {
        guard quoted.contains(UInt8(ascii: "\\")) else { return quoted.dropFirst().dropLast().elementsEqual(key.utf8) }
        guard let name = try? JSONValue(parsing: Array(quoted)) else { return false }
        return name == .string(key)
    }
}

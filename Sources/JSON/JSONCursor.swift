/// Walks over the bytes of a JSON text and knows the line and column it is at.
struct JSONCursor {
    private(set) var line = 1
    private(set) var column = 1
    private(set) var index = 0
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func advance() {
        guard let byte = current else { return }
        index += 1
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if let next = current, next & 0xC0 == 0x80 {
            // The next byte continues this character.
        } else {
            column += 1
        }
    }

    mutating func skipWhitespace() {
        while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { advance() }
    }

    /// Steps over `byte` if it is next.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        advance()
        return true
    }

    /// Steps over a string and gives its bytes, quotes included.
    @discardableResult
    mutating func skipString() -> ArraySlice<UInt8> {
        let start = index
        advance()
        while let byte = current {
            advance()
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { advance() }
        }
        return bytes[start..<index]
    }

    /// Steps over any value, however deep, without recursion.
    mutating func skipValue() {
        var depth = 0
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                skipString()
                if depth == 0 { return }
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return }
                depth -= 1
                if depth == 0 { return advance() }
            case UInt8(ascii: ","):
                if depth == 0 { return }
            default:
                break
            }
            advance()
        }
    }
}

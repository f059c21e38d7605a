/// Bytes of a long text, piece by piece, with the line they are on.
struct JSONByteSource {
    private let read: () throws -> [UInt8]
    private var piece: [UInt8] = []
    private var index = 0
    private var isAtEnd = false
    private(set) var line = 1
    private var column = 1

    /// Deeper than `JSONValue` reads; the text between records is not read at all.
    private static let mostDepth = 10_000

    init(read: @escaping () throws -> [UInt8]) {
        self.read = read
    }

    func fault(_ message: String) -> JSONFault {
        JSONFault(message: message, line: line, column: column)
    }

    mutating func current() throws -> UInt8? {
        if index < piece.count { return piece[index] }
        guard !isAtEnd else { return nil }
        piece = try read()
        index = 0
        isAtEnd = piece.isEmpty
        return piece.first
    }

    mutating func step() throws {
        guard let byte = try current() else { return }
        index += 1
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }

    mutating func skipByteOrderMark() throws {
        guard try current() == 0xEF else { return }
        for _ in 0..<3 { try step() }
        column = 1
    }

    /// The next byte that is no white space; `nil` at the end.
    mutating func skipToToken() throws -> UInt8? {
        while let byte = try current() {
            guard [0x20, 0x09, 0x0A, 0x0D].contains(byte) else { return byte }
            try step()
        }
        return nil
    }

    /// Steps over `"name" :` and gives the name as it is written.
    mutating func key() throws -> [UInt8] {
        guard try skipToToken() == UInt8(ascii: "\"") else { throw fault("a name is missing") }
        let quoted = try value(keeping: 1024) ?? []
        guard try skipToToken() == UInt8(ascii: ":") else { throw fault("a colon is missing") }
        try step()
        return Array(quoted.dropFirst().dropLast())
    }

    /// Steps over one value, whatever is in it, and gives its bytes unless they are more than asked for.
    @discardableResult
    mutating func value(keeping most: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        var depth = 0
        guard let first = try skipToToken(), ![UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(first)
        else { throw fault("a value is missing") }
        while let byte = try current() {
            switch byte {
            case UInt8(ascii: "\""):
                try string(into: &bytes, most)
                if depth == 0 { return bytes.count <= most ? bytes : nil }
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                guard depth <= Self.mostDepth else { throw fault("nested too deep") }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return bytes.count <= most ? bytes : nil }
                depth -= 1
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return bytes.count <= most ? bytes : nil }
            default: break
            }
            if bytes.count <= most { bytes.append(byte) }
            try step()
            if depth == 0, byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                return bytes.count <= most ? bytes : nil
            }
        }
        guard depth == 0 else { throw fault("the text ends in the middle") }
        return bytes.count <= most ? bytes : nil
    }

    /// One byte more than asked for is kept, as a sign that there were more.
    private mutating func string(into bytes: inout [UInt8], _ most: Int) throws {
        var isEscaped = false
        var isFirst = true
        while let byte = try current() {
            if bytes.count <= most { bytes.append(byte) }
            try step()
            if byte == UInt8(ascii: "\""), !isEscaped, !isFirst { return }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            isFirst = false
        }
        throw fault("the text ends within a string")
    }
}

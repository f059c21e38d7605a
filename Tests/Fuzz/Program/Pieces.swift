/// Takes an input apart where one holds several texts: by lines, of which the last has all the rest.
struct Pieces {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func line() -> [UInt8] {
        let line = rest.prefix { $0 != 0x0A }
        rest = rest.dropFirst(line.count + 1)
        return Array(line)
    }

    /// Of bytes that are no UTF-8, what a lenient reader would make of them.
    mutating func textLine() -> String { String(decoding: line(), as: UTF8.self) }

    mutating func remainder() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }

    mutating func remainingText() -> String { String(decoding: remainder(), as: UTF8.self) }
}

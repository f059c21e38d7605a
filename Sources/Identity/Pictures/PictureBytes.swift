/// Bytes of anybody's making, read from front to back; no step beyond the end and none that traps (IN10).
struct PictureBytes {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    mutating func byte() throws(PictureFile.Fault) -> UInt8 {
        guard let byte = next() else { throw .damaged }
        return byte
    }

    /// `nil` at the end.
    mutating func next() -> UInt8? {
        guard bytes.indices.contains(position) else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    func peek() -> UInt8? { bytes.indices.contains(position) ? bytes[position] : nil }

    mutating func take(_ count: Int) throws(PictureFile.Fault) -> [UInt8] {
        guard (0...remaining).contains(count) else { throw .damaged }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func bigEndian(_ count: Int) throws(PictureFile.Fault) -> Int {
        try take(count).reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func littleEndian(_ count: Int) throws(PictureFile.Fault) -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func text(_ count: Int) throws(PictureFile.Fault) -> String {
        String(decoding: try take(count), as: UTF8.self)
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ number: Int, _ count: Int) {
        for place in (0..<count).reversed() { append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }

    mutating func appendLittleEndian(_ number: Int, _ count: Int) {
        for place in 0..<count { append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }
}

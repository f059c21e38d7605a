/// One of the two alphabets of RFC 4648, with the tables to go both ways.
struct Base64Alphabet: Sendable {
    private static let outside: UInt8 = 0xFF

    private let symbols: [UInt8]
    private let values: [UInt8]

    /// - Parameter last: the symbols for 62 and 63, which is all the alphabets differ in.
    init(last: (UInt8, UInt8)) {
        var symbols = Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        symbols += Array(UInt8(ascii: "a")...UInt8(ascii: "z"))
        symbols += Array(UInt8(ascii: "0")...UInt8(ascii: "9"))
        symbols += [last.0, last.1]
        var values = [UInt8](repeating: Self.outside, count: 256)
        for (value, symbol) in symbols.enumerated() { values[Int(symbol)] = UInt8(value) }
        self.symbols = symbols
        self.values = values
    }

    /// Appends the encoding of `bytes`, without padding. Every index below is a six-bit value or within a whole group.
    func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        output.reserveCapacity(output.count + (bytes.count / 3 + 1) * 4)
        var index = 0
        while index + 2 < bytes.count {
            let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            output.append(symbols[Int(group >> 18)])
            output.append(symbols[Int(group >> 12 & 0x3F)])
            output.append(symbols[Int(group >> 6 & 0x3F)])
            output.append(symbols[Int(group & 0x3F)])
            index += 3
        }
        guard index < bytes.count else { return }
        let hasTwo = index + 1 < bytes.count
        let group = UInt32(bytes[index]) << 16 | (hasTwo ? UInt32(bytes[index + 1]) << 8 : 0)
        output.append(symbols[Int(group >> 18)])
        output.append(symbols[Int(group >> 12 & 0x3F)])
        if hasTwo { output.append(symbols[Int(group >> 6 & 0x3F)]) }
    }

    /// Decodes text without padding; `nil` for a foreign character, an impossible length, or trailing bits that are
    /// not zero. One value has one spelling, so a token cannot be altered and still be itself (RFC 4648 §3.5).
    func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3 + 2)
        var group: UInt32 = 0
        var bits = 0
        for symbol in text {
            let value = values[Int(symbol)]
            guard value != Self.outside else { return nil }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
                group &= (1 << UInt32(bits)) - 1
            }
        }
        return group == 0 ? output : nil
    }
}

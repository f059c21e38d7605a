/// Base 32, RFC 4648 §6: for what people type. Written without padding.
package enum Base32 {
    /// Bits in a character.
    private static let width = 5

    package static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count * 8 + 4) / width)
        var group: UInt16 = 0
        var bits = 0
        for byte in bytes {
            // At most four bits are left of the byte before, so that twelve are held here at most.
            group = group << 8 | UInt16(byte)
            bits += 8
            while bits >= width {
                bits -= width
                output.append(symbol(of: UInt8(truncatingIfNeeded: group >> UInt16(bits)) & 0x1F))
                group &= (1 << UInt16(bits)) - 1
            }
        }
        if bits > 0 { output.append(symbol(of: UInt8(truncatingIfNeeded: group << UInt16(width - bits)) & 0x1F)) }
        return String(decoding: output, as: UTF8.self)
    }

    /// Strict: small letters, padding, white space, foreign characters, impossible lengths and trailing bits that are not
    /// zero are refused. One value has one spelling (RFC 4648 §3.5).
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var output: [UInt8] = []
        var group: UInt16 = 0
        var bits = 0
        for symbol in text.utf8 {
            guard let value = value(of: symbol) else { return nil }
            group = group << UInt16(width) | UInt16(value)
            bits += width
            guard bits >= 8 else { continue }
            bits -= 8
            output.append(UInt8(truncatingIfNeeded: group >> UInt16(bits)))
            group &= (1 << UInt16(bits)) - 1
        }
        // A whole character more than the bytes need is none of this encoding's.
        return bits < width && group == 0 ? output : nil
    }

    private static func symbol(of value: UInt8) -> UInt8 {
        value < 26 ? UInt8(ascii: "A") + value : UInt8(ascii: "2") + (value - 26)
    }

    private static func value(of symbol: UInt8) -> UInt8? {
        switch symbol {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): symbol - UInt8(ascii: "A")
        case UInt8(ascii: "2")...UInt8(ascii: "7"): symbol - UInt8(ascii: "2") + 26
        default: nil
        }
    }
}

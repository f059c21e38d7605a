/// A P-256 signature in its two spellings: r ‖ s, 32 bytes each, which JOSE uses (RFC 7518 §3.4), and the DER sequence
/// of two INTEGERs that OpenSSL speaks.
package struct ECDSASignature: Sendable, Equatable {
    package let raw: [UInt8]

    private static let half = 32
    private static let sequence: UInt8 = 0x30
    private static let integer: UInt8 = 0x02

    package init?(raw: [UInt8]) {
        guard raw.count == Self.half * 2 else { return nil }
        self.raw = raw
    }

    /// Reads what OpenSSL wrote. Numbers shorter than 32 bytes are filled up from the left.
    package init?(der: [UInt8]) {
        var rest = der[...]
        guard rest.popFirst() == Self.sequence, let length = rest.popFirst(), Int(length) == rest.count,
            let r = Self.readInteger(&rest), let s = Self.readInteger(&rest), rest.isEmpty
        else { return nil }
        self.raw = r + s
    }

    package var der: [UInt8] {
        let body = Self.encodedInteger(raw.prefix(Self.half)) + Self.encodedInteger(raw.suffix(Self.half))
        return [Self.sequence, UInt8(body.count)] + body  // at most 2 * (2 + 33) bytes: one length byte will do
    }

    private static func readInteger(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.popFirst() == integer, let length = rest.popFirst(), Int(length) <= rest.count else { return nil }
        let digits = rest.prefix(Int(length)).drop { $0 == 0 }
        rest = rest.dropFirst(Int(length))
        guard digits.count <= half else { return nil }
        return [UInt8](repeating: 0, count: half - digits.count) + digits
    }

    private static func encodedInteger(_ number: ArraySlice<UInt8>) -> [UInt8] {
        var digits = Array(number.drop { $0 == 0 })
        if (digits.first ?? 0x80) >= 0x80 { digits.insert(0, at: 0) }
        return [integer, UInt8(digits.count)] + digits
    }
}

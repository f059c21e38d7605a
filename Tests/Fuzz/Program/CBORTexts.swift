@testable import WebAuthn

/// CBOR, RFC 8949, as browsers pass it on from authenticators, and the public keys in it (RFC 9052 §7).
struct CBORTarget: FuzzTarget {
    static let name = "cbor"

    func check(_ bytes: [UInt8]) {
        if var reader = try? CBORReader(bytes), let value = try? reader.value() {
            demand((1...bytes.count).contains(reader.index), "an item has a length")
            let alone = try? CBORReader.whole(Array(bytes.prefix(reader.index)))
            demand(alone == value, "an item is the same whatever follows it")
            demand(
                (try? CBORReader.whole(bytes)) == (reader.index == bytes.count ? value : nil),
                "nothing stands behind one")
            demand(depth(of: value) <= 8, "nesting is bounded")
            checkAgain(value)
        }
        guard let key = try? COSEKey(bytes) else { return }
        demand(COSEKey.algorithms.values.contains(key.algorithm), "a key is of a kind that was asked for")
        for count in [0, 64, 72, 256] {
            let nothing = [UInt8](repeating: 0, count: count)
            demand(!key.isValid(signature: nothing, for: bytes), "nothing is no signature")
        }
    }

    private func checkAgain(_ value: CBORValue) {
        guard let bytes = written(value) else { return }
        demand((try? CBORReader.whole(bytes)) == value, "an item that is written is read again")
    }

    private func depth(of value: CBORValue) -> Int {
        switch value {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .map(let members): 1 + (members.map { depth(of: $0.value) }.max() ?? 0)
        default: 1
        }
    }

    /// RFC 8949 §4.2; `nil` where a part is not kept as it was.
    private func written(_ value: CBORValue) -> [UInt8]? {
        switch value {
        case .unsigned(let number): return head(0, number)
        case .negative(let number): return head(1, number)
        case .bytes(let bytes): return head(2, UInt64(bytes.count)) + bytes
        case .text(let text): return head(3, UInt64(text.utf8.count)) + Array(text.utf8)
        case .bool(let isTrue): return [isTrue ? 0xF5 : 0xF4]
        case .other: return [0xF6]
        case .array(let elements):
            return head(4, UInt64(elements.count)) + elements.compactMap(written).joined()
        case .map(let members):
            let keys = members.map(\.key)
            for (index, key) in keys.enumerated() { demand(!keys[..<index].contains(key), "no member twice") }
            return members.reduce(head(5, UInt64(members.count))) { $0 + written($1.key) + (written($1.value) ?? []) }
        }
    }

    private func written(_ key: CBORValue.Key) -> [UInt8] {
        switch key {
        case .integer(let number): number >= 0 ? head(0, UInt64(number)) : head(1, UInt64(-1 - number))
        case .text(let text): head(3, UInt64(text.utf8.count)) + Array(text.utf8)
        }
    }

    private func head(_ major: UInt8, _ number: UInt64) -> [UInt8] {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        return number < 24 ? [major << 5 | UInt8(number)] : [major << 5 | 27] + bytes
    }
}

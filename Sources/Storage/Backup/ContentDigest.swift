import Cryptography

/// A digest over rows in their order: a chain of SHA-256, each link over the one before and one row. It shows
/// damage; it does not show malice, for who can write the file can compute it anew.
struct ContentDigest {
    private var link: [UInt8] = []

    var text: String { Hex.encode(link) }

    /// What follows belongs to this table.
    mutating func begin(_ table: TableShape) {
        add([.text(table.name)] + table.columns.map { .text($0) })
    }

    /// Each value with its type and length, so that no two rows read alike.
    mutating func add(_ values: [SQLValue]) {
        var bytes = link
        for value in values {
            switch value {
            case .text(let text): Self.append(0x74, Array(text.utf8), to: &bytes)
            case .integer(let integer): Self.append(0x69, Self.bigEndian(UInt64(bitPattern: integer)), to: &bytes)
            case .bytes(let blob): Self.append(0x62, blob, to: &bytes)
            case .null: Self.append(0x6E, [], to: &bytes)
            }
        }
        link = SHA256.digest(bytes)
    }

    private static func append(_ kind: UInt8, _ value: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(kind)
        bytes += bigEndian(UInt64(value.count))
        bytes += value
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

/// Reads CBOR that strangers send, item by item; libcbor sees one head at a time and never builds a tree.
///
/// Refused beyond the grammar: more than 64 KiB, deep nesting, two members of one name, lengths that are not known in
/// front. Numbers that could be written shorter, and keys in another order than CTAP's, are taken: they mean one thing.
struct CBORReader {
    static let mostBytes = 65_536
    /// CTAP 2.1 §8 allows messages four levels; what extensions put into theirs may be deeper.
    static let mostDepth = 8

    private let bytes: [UInt8]
    /// How far it has been read.
    private(set) var index: Int

    init(_ bytes: [UInt8], from index: Int = 0) throws(WebAuthnFault) {
        guard bytes.count <= Self.mostBytes, (0...bytes.count).contains(index) else { throw .malformed }
        self.bytes = bytes
        self.index = index
    }

    /// One item, and nothing behind it.
    static func whole(_ bytes: [UInt8]) throws(WebAuthnFault) -> CBORValue {
        var reader = try CBORReader(bytes)
        let value = try reader.value()
        guard reader.index == bytes.count else { throw .malformed }
        return value
    }

    /// The next item, whatever follows it.
    mutating func value() throws(WebAuthnFault) -> CBORValue {
        try value(depth: 1)
    }

    private mutating func value(depth: Int) throws(WebAuthnFault) -> CBORValue {
        guard depth <= Self.mostDepth else { throw .malformed }
        switch try token() {
        case .value(let value): return value
        case .refused: throw .malformed
        case .array(let count): return .array(try elements(count, depth))
        case .map(let count): return .map(try members(count, depth))
        }
    }

    private mutating func elements(_ count: UInt64, _ depth: Int) throws(WebAuthnFault) -> [CBORValue] {
        let count = try possible(count, bytesEach: 1)
        var elements: [CBORValue] = []
        for _ in 0..<count { elements.append(try value(depth: depth + 1)) }
        return elements
    }

    private mutating func members(_ count: UInt64, _ depth: Int) throws(WebAuthnFault) -> [CBORValue.Member] {
        let count = try possible(count, bytesEach: 2)
        // Each is compared with all before it; nothing here has as many as would take long.
        guard count <= Self.mostMembers else { throw .malformed }
        var members: [CBORValue.Member] = []
        for _ in 0..<count {
            guard let key = try value(depth: depth + 1).asKey, members[key] == nil else { throw .malformed }
            members.append(CBORValue.Member(key: key, value: try value(depth: depth + 1)))
        }
        return members
    }

    private static let mostMembers = 256

    /// A count says nothing before there are bytes for as many: it is a stranger's word, of up to 64 bits.
    private func possible(_ count: UInt64, bytesEach: Int) throws(WebAuthnFault) -> Int {
        guard let count = Int(exactly: count), count <= (bytes.count - index) / bytesEach else { throw .malformed }
        return count
    }

    private mutating func token() throws(WebAuthnFault) -> CBORToken {
        let start = index
        let found = bytes.withUnsafeBufferPointer { bytes in
            CBORToken.first(of: UnsafeBufferPointer(rebasing: bytes.dropFirst(start)))
        }
        guard let found else { throw .malformed }
        index += found.count
        return found.token
    }
}

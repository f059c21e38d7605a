import JSON

/// One data item (RFC 8949 §3), as far as WebAuthn has use for it: no tags, nothing of unknown length.
indirect enum CBORValue: Sendable, Equatable {
    /// What names a member of a map here: a whole number or a text, never anything else.
    enum Key: Sendable, Equatable {
        case integer(Int64)
        case text(String)
    }

    struct Member: Sendable, Equatable {
        let key: Key
        let value: CBORValue
    }

    case unsigned(UInt64)
    /// The number is -1 - n.
    case negative(UInt64)
    case bytes([UInt8])
    case text(String)
    case array([CBORValue])
    /// In the order they came; no key twice.
    case map([Member])
    case bool(Bool)
    /// Null, undefined, and numbers with a fraction: well-formed, and read by nobody.
    case other
}

extension CBORValue.Key {
    static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.integer(let a), .integer(let b)): a == b
        case (.text(let a), .text(let b)): a.isExactly(b)
        default: false
        }
    }
}

extension CBORValue {
    /// `nil` for what is no whole number, or one beyond 64 bits with a sign.
    var integerValue: Int64? {
        switch self {
        case .unsigned(let number): Int64(exactly: number)
        case .negative(let number): Int64(exactly: number).map { -1 - $0 }
        default: nil
        }
    }

    var bytesValue: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    var textValue: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var mapValue: [Member]? {
        if case .map(let members) = self { members } else { nil }
    }

    var asKey: Key? { integerValue.map(Key.integer) ?? textValue.map(Key.text) }
}

extension [CBORValue.Member] {
    subscript(_ key: CBORValue.Key) -> CBORValue? { first { $0.key == key }?.value }
}

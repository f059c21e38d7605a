import JSON

/// An address with places for ids: `/api/admin/v1/people/{id}/roles`.
struct PathPattern: Sendable {
    private enum Segment: Sendable {
        case word(String)
        case place(String)
    }

    private let segments: [Segment]
    /// How many there are.
    var count: Int { segments.count }

    /// `nil` for a path without places.
    init?(_ path: String) {
        guard path.contains("{") else { return nil }
        segments = Self.split(path).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .place(String(segment.dropFirst().dropLast())) : .word(String(segment))
        }
    }

    /// What stands in the places, if a path of these segments is of this pattern. An id is never empty, and holds nothing
    /// that would have to be escaped.
    func values(in parts: [Substring]) -> [String: String]? {
        guard parts.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .word(let word):
                guard part.isExactly(word) else { return nil }
            case .place(let name):
                guard (1...128).contains(part.utf8.count), part.utf8.allSatisfy(Self.isPlain) else { return nil }
                values[name] = String(part)
            }
        }
        return values
    }

    static func split(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}

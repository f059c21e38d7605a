import OAuth

/// Where a person goes back to after a step in between: a page of this server (B050-B054, WB9).
///
/// Only addresses that this server writes itself are understood, character by character, instead of searching a
/// text for what is dangerous: programs between here and the screen read escapes, backslashes, control characters
/// and empty segments in different ways. No address, no other origin and no script can be written in what is left.
struct ReturnPath: Sendable, Equatable {
    static let account = ReturnPath(known: "/account")

    let text: String

    /// A path of our own, as it stands in the table of routes.
    init(known text: String) {
        self.text = text
    }

    /// `nil` for anything that is not plainly a page of ours; the caller then goes to `account`.
    init?(_ typed: String?) {
        guard let typed, typed.utf8.count <= 1024 else { return nil }
        let halves = typed.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = halves.first, Self.isPath(path), halves.count == 1 || Self.isQuery(halves[1]) else {
            return nil
        }
        guard !Self.deadEnds.contains(where: { String(decoding: path, as: UTF8.self).hasPrefix($0) }) else {
            return nil
        }
        text = typed
    }

    /// Nobody who has just proven who they are wants to be signed out, or asked again.
    private static let deadEnds = ["/logout", "/signed-out", "/sign-in", "/account/confirm", "/second-factor"]

    /// As the value of a parameter.
    var escaped: String { FormEncoding.escape(text) }

    /// Segments of unreserved characters (RFC 3986 §2.3), none of them empty or made of dots alone. An escape can
    /// hide any other character and no path of ours needs one.
    private static func isPath(_ path: Substring.UTF8View) -> Bool {
        guard path.first == UInt8(ascii: "/") else { return false }
        guard path.count > 1 else { return true }
        return path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .allSatisfy { segment in
                !segment.allSatisfy { $0 == UInt8(ascii: ".") } && segment.allSatisfy(isUnreserved)
            }
    }

    /// Pairs as we write them ourselves: whatever is not unreserved stands there as an escape, and none of a
    /// control character.
    private static func isQuery(_ query: Substring.UTF8View) -> Bool {
        guard query.allSatisfy({ isUnreserved($0) || "=&%+".utf8.contains($0) }) else { return false }
        guard let plain = FormDecoding.text(Array(query)[...]) else { return false }
        return plain.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}

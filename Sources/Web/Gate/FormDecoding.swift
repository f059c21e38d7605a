import JSON
import OAuth

/// `application/x-www-form-urlencoded`, the reading side: strict, because two readings of one request are
/// how checks are passed by.
enum FormDecoding {
    static func pairs(_ bytes: [UInt8]) throws(OAuthError) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        var rest = bytes[...]
        while let part = next(&rest) {
            guard pairs.count < 200 else {
                throw .invalidRequest(
                    "the request holds too many parameters",
                    .form(seen: "200 parameters or more", expected: "100 at most"))
            }
            let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = text(part[..<end]), let value = text(part[end...].dropFirst()) else {
                throw .invalidRequest(
                    "a parameter is not valid percent-encoded UTF-8",
                    .form(seen: "a parameter that cannot be decoded", expected: "percent-encoded UTF-8"))
            }
            pairs.append((name, value))
        }
        return pairs
    }

    /// The next part between ampersands that is not empty.
    private static func next(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.endIndex
            let part = rest[..<end]
            rest = rest[end...].dropFirst()
            if !part.isEmpty { return part }
        }
        return nil
    }

    /// `nil` for a broken escape or bytes that are not UTF-8.
    static func text(_ escaped: ArraySlice<UInt8>) -> String? {
        guard escaped.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(utf8: escaped)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(escaped.count)
        var rest = escaped.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(utf8: bytes[...])
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

import OAuth

/// `application/x-www-form-urlencoded`, the reading side: strict, because two readings of one request are
/// how checks are passed by.
enum FormDecoding {
    static func pairs(_ bytes: [UInt8]) throws(OAuthError) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < 200 else {
                throw .invalidRequest(
                    "the request holds too many parameters",
                    .form(seen: "200 parameters or more", expected: "100 at most"))
            }
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = halves.first.flatMap(text), let value = halves.count == 2 ? text(halves[1]) : "" else {
                throw .invalidRequest(
                    "a parameter is not valid percent-encoded UTF-8",
                    .form(seen: "a parameter that cannot be decoded", expected: "percent-encoded UTF-8"))
            }
            pairs.append((name, value))
        }
        return pairs
    }

    /// `nil` for a broken escape or bytes that are not UTF-8.
    static func text(_ escaped: some Collection<UInt8>) -> String? {
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
        return String(validating: bytes, as: UTF8.self)
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

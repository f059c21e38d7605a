/// `host [":" port]`, RFC 3986 §3.2.2-3, as it stands in `Host` and in an absolute target. No user
/// information: that is how one address is made to look like another.
struct HostAndPort: Equatable {
    /// In small letters; IPv6 in its brackets.
    let host: String
    let port: Int?

    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let end = Self.endOfHost(bytes)
        guard Self.isHost(bytes[..<end]), Self.isPort(bytes[end...]) else { return nil }
        host = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
        port = Int(String(decoding: bytes[end...].dropFirst(), as: UTF8.self))
    }

    /// An address in brackets holds colons of its own.
    private static func endOfHost(_ bytes: [UInt8]) -> Int {
        if bytes.first == UInt8(ascii: "["), let end = bytes.firstIndex(of: UInt8(ascii: "]")) { return end + 1 }
        return bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
    }

    private static func isHost(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: "[") else { return !bytes.isEmpty && bytes.allSatisfy(isOfName) }
        let inside = bytes.dropFirst().dropLast()
        return bytes.last == UInt8(ascii: "]") && !inside.isEmpty && inside.allSatisfy(isOfIPv6)
    }

    /// Nothing, or a colon with at most a port behind it.
    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let colon = bytes.first else { return true }
        let digits = bytes.dropFirst()
        return colon == UInt8(ascii: ":") && digits.count <= 5 && digits.allSatisfy { (0x30...0x39).contains($0) }
            && (Int(String(decoding: digits, as: UTF8.self)) ?? 0) <= 65_535
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "-._~!$&'()*+,;=%".utf8.contains(byte)
    }

    private static func isOfIPv6(_ byte: UInt8) -> Bool {
        (0x30...0x3A).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
            || byte == UInt8(ascii: ".")
    }
}

/// A request target that names its host, as it is sent to a proxy (RFC 9112 §3.2.2).
struct AbsoluteTarget: Equatable {
    let authority: HostAndPort
    let pathAndQuery: String
    private let usualPort: Int

    init?(_ text: String) {
        let scheme = text.prefix { $0 != ":" }
        switch scheme.lowercased() {
        case "http": usualPort = 80
        case "https": usualPort = 443
        default: return nil
        }
        let rest = text[scheme.endIndex...]
        guard rest.hasPrefix("://") else { return nil }
        let place = rest.dropFirst(3).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let authority = HostAndPort(place) else { return nil }
        self.authority = authority
        let target = text[place.endIndex...]
        pathAndQuery = target.first == "/" ? String(target) : "/" + target
    }

    /// A missing port is the scheme's own.
    func isAt(_ other: HostAndPort) -> Bool {
        other.host == authority.host && (other.port ?? usualPort) == (authority.port ?? usualPort)
    }
}

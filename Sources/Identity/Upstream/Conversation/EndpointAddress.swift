import OAuth

/// Where a provider is asked, or where it asks a person: https anywhere; http on this machine alone, and only where the
/// settings name such an address themselves (IN11). So no document of a distant provider leads to a port of this house.
struct EndpointAddress: Sendable, Equatable {
    let text: String
    /// http to this machine.
    let isLoopback: Bool

    /// Stricter than any grammar of addresses: what two readers could understand in two ways is none.
    init?(_ text: String, admitsLoopback: Bool) {
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C && $0 != 0x23 })
        else { return nil }
        if text.hasPrefix("https://") {
            isLoopback = false
        } else if admitsLoopback, text.hasPrefix("http://") {
            isLoopback = true
        } else {
            return nil
        }
        let authority = text.dropFirst(isLoopback ? 7 : 8).prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, authority.utf8.allSatisfy(Self.isOfAuthority) else { return nil }
        guard !isLoopback || Self.isThisMachine(authority) else { return nil }
        self.text = text
    }

    /// With further parameters in its query; RFC 6749 §3.1 has it that it may have some already.
    func adding(_ pairs: [(name: String, value: String)]) -> String {
        text + (text.contains("?") ? "&" : "?") + FormEncoding.encode(pairs)
    }

    private static func isThisMachine(_ authority: Substring) -> Bool {
        ["127.0.0.1", "[::1]", "localhost"].contains { host in
            guard authority.hasPrefix(host) else { return false }
            let rest = authority.dropFirst(host.count)
            return rest.isEmpty
                || rest.hasPrefix(":") && rest.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
    }

    /// Letters, figures, `.`, `-`, `:`, and the brackets of IPv6; no user, no escape.
    private static func isOfAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x5B, 0x5D, 0x61...0x7A, 0x2D, 0x2E: true
        default: false
        }
    }
}

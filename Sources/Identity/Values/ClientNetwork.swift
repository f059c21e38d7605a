import Foundation

/// Where an attempt comes from, as far as throttling is concerned: a network, not an address, for whoever has
/// one address of an IPv6 network has 2^64 of them.
///
/// What is no address becomes `unknown`, a network of its own with one lane for all: nothing is let through for
/// being malformed, and nothing traps (IN10).
package struct ClientNetwork: Sendable, Hashable, CustomStringConvertible {
    package static let unknown = ClientNetwork(address: "unknown", prefix: "unknown")

    /// In canonical form; an IPv4 address in IPv6 clothes is written as IPv4.
    package let address: String
    /// `203.0.113.0/24`, `2001:db8:1:2::/64`.
    package let prefix: String

    private init(address: String, prefix: String) {
        self.address = address
        self.prefix = prefix
    }

    /// Reads the address of a connection, already cleared of what proxies say of it (IN7).
    package init(_ text: String) {
        let address = text.prefix { $0 != "%" }
        guard address.utf8.count <= 45, !address.utf8.contains(0) else {
            self = .unknown
            return
        }
        if let bytes = Self.parse(AF_INET, address, count: 4) {
            self.init(v4: bytes)
        } else if let bytes = Self.parse(AF_INET6, address, count: 16) {
            let isMapped = bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            if isMapped {
                self.init(v4: Array(bytes.suffix(4)))
            } else {
                self.init(v6: bytes)
            }
        } else {
            self = .unknown
        }
    }

    package var description: String { prefix }

    /// What a link is bound to where it is bound to an address: an IPv4 address itself, and of IPv6 the network of one
    /// subscriber, within which addresses change by the hour (B048).
    package var bound: String { address.contains(":") ? prefix : address }

    private init(v4 bytes: [UInt8]) {
        self.init(
            address: Self.text(AF_INET, bytes), prefix: Self.text(AF_INET, bytes.prefix(3) + [0]) + "/24")
    }

    private init(v6 bytes: [UInt8]) {
        let network = bytes.prefix(8) + Array(repeating: 0, count: 8)
        self.init(address: Self.text(AF_INET6, bytes), prefix: Self.text(AF_INET6, network) + "/64")
    }

    private static func parse(_ family: Int32, _ text: Substring, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, String(text), &bytes) == 1 ? bytes : nil
    }

    private static func text(_ family: Int32, _ bytes: some Sequence<UInt8>) -> String {
        var output = [CChar](repeating: 0, count: 46)
        guard inet_ntop(family, Array(bytes), &output, socklen_t(output.count)) != nil else { return "unknown" }
        return String(decoding: output.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

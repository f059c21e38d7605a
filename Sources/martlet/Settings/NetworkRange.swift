import Foundation

/// An address or a block of addresses in CIDR form (RFC 4632, RFC 4291 §2.3): who may be believed when a
/// request says that it was forwarded (IN7).
struct NetworkRange: Sendable, Equatable, CustomStringConvertible {
    /// 4 or 16 bytes, bits behind the prefix all zero.
    private let network: [UInt8]
    private let prefix: Int

    /// `nil` unless the text is an address, or an address whose bits end with the prefix. A prefix of 0
    /// would believe everybody and is refused.
    init?(_ text: String) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.bytes(of: String(halves[0])) else { return nil }
        network = bytes
        guard halves.count == 2 else {
            prefix = bytes.count * 8
            return
        }
        guard halves[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(halves[1]),
            (1...bytes.count * 8).contains(length), Self.masked(bytes, length) == bytes
        else { return nil }
        prefix = length
    }

    /// Whether a numeric address, as a socket reports it, lies in this range. Anything else does not.
    func contains(_ address: String) -> Bool {
        guard let bytes = Self.bytes(of: address), bytes.count == network.count else { return false }
        return Self.masked(bytes, prefix) == network
    }

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(network.count == 4 ? AF_INET : AF_INET6, network, &text, socklen_t(text.count))
        let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return prefix == network.count * 8 ? address : "\(address)/\(prefix)"
    }

    /// The bytes of a numeric address. An IPv4 address inside IPv6 (`::ffff:10.0.0.1`) is the IPv4 address.
    static func bytes(of text: String) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return bytes.starts(with: mapped) ? Array(bytes.suffix(4)) : bytes
    }

    private static func masked(_ bytes: [UInt8], _ prefix: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(8, max(0, prefix - index * 8))
            return kept == 8 ? byte : byte & ~(0xFF >> UInt8(kept))
        }
    }
}

extension SettingFormat where Value == NetworkRange {
    static let network = Self.single("an address or a block, such as ::1 or 10.0.0.0/8", text: \.description) {
        raw throws(SettingRefusals) in
        guard let range = NetworkRange(raw.text) else { throw SettingRefusals(raw) }
        return range
    }
}

extension SettingFormat where Value == [NetworkRange] {
    static let networks = SettingFormat<NetworkRange>.network.list("addresses or blocks, such as ::1 or 10.0.0.0/8")
}

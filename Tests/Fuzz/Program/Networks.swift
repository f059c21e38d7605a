import Identity

@testable import martlet

/// Network addresses: of peers, and as proxies tell them (IN7).
struct NetworkTarget: FuzzTarget {
    static let name = "network"

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        let (text, other) = (pieces.textLine(), pieces.remainingText())
        let network = ClientNetwork(text)
        demand(
            ClientNetwork(network.address) == network || network == .unknown,
            "an address that is written is read again")
        if network != .unknown {
            demand(network.prefix.hasSuffix("/24") || network.prefix.hasSuffix("/64"), "a network is one subscriber's")
            let start = String(network.prefix.prefix { $0 != "/" })
            demand(ClientNetwork(start).prefix == network.prefix, "a network begins in itself")
            demand(network.address.utf8.allSatisfy { (0x2E...0x66).contains($0) }, "an address is figures")
            demand(
                NetworkRange(network.prefix)?.contains(network.address) ?? false, "two readers find the same network")
            demand(NetworkRange(network.address)?.contains(network.address) ?? false, "an address lies in itself")
        }
        guard let range = NetworkRange(text) else { return }
        demand(NetworkRange(range.description) == range, "a block that is written is read again")
        demand(range.contains(String(range.description.prefix { $0 != "/" })), "a block begins in itself")
        if range.contains(other) { demand(ClientNetwork(other) != .unknown, "only an address lies in a block") }
        demand(!range.contains("192.0.2.1") || !range.contains("2001:db8::1"), "a block is of one family")
    }
}

import HTTPTypes
import Identity
import Synchronization

/// Which address a request comes from (IN7). `X-Forwarded-For` is believed only as far as it was written
/// by listed proxies: read from the right, the first address that is not one of them.
package struct Proxies: Sendable {
    let isTrusted: @Sendable (ClientNetwork) -> Bool
    private let peers = PeerNetworks()

    package init(isTrusted: @escaping @Sendable (ClientNetwork) -> Bool) {
        self.isTrusted = isTrusted
    }

    func network(peer: String?, headers: HTTPFields) -> ClientNetwork {
        let peerNetwork = peers.network(of: peer ?? "")
        guard isTrusted(peerNetwork) else { return peerNetwork }
        let hops = headers[values: .forwardedFor].joined(separator: ",").split(separator: ",").suffix(20)
        for hop in hops.reversed() {
            let network = ClientNetwork(hop.filter { !$0.isWhitespace })
            guard network != .unknown else { return peerNetwork }
            if !isTrusted(network) { return network }
        }
        return peerNetwork
    }
}

/// The networks of peers that have just been here: each sends many requests, and to take an address apart takes longer
/// than many of them. The bound is on memory; beyond it all is forgotten.
private final class PeerNetworks: Sendable {
    private static let most = 1024
    private let known = Mutex<[String: ClientNetwork]>([:])

    func network(of peer: String) -> ClientNetwork {
        if let network = known.withLock({ $0[peer] }) { return network }
        let network = ClientNetwork(peer)
        known.withLock { known in
            if known.count >= Self.most { known = [:] }
            known[peer] = network
        }
        return network
    }
}

import HTTPTypes
import Identity

/// Which address a request comes from (IN7). `X-Forwarded-For` is believed only as far as it was written
/// by listed proxies: read from the right, the first address that is not one of them.
package struct Proxies: Sendable {
    let isTrusted: @Sendable (ClientNetwork) -> Bool

    package init(isTrusted: @escaping @Sendable (ClientNetwork) -> Bool) {
        self.isTrusted = isTrusted
    }

    func network(peer: String?, headers: HTTPFields) -> ClientNetwork {
        let peerNetwork = ClientNetwork(peer ?? "")
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

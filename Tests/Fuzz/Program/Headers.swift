import Cryptography
import HTTPTypes
import Identity
import OAuth

@testable import Web

/// `Authorization`, `X-Forwarded-For`, `Content-Type` and `Origin`, a line each.
struct HeadersTarget: FuzzTarget {
    static let name = "headers"

    private static let proxies = Proxies { $0.address.hasPrefix("10.") }

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        checkAuthorization([.authorization: pieces.textLine()])
        checkForwarding(pieces.textLine())
        let headers: HTTPFields = [.contentType: pieces.textLine(), .origin: pieces.textLine()]
        checkForm(headers)
    }

    private func checkAuthorization(_ headers: HTTPFields) {
        let basic = (try? AuthorizationHeader.basic(headers)) ?? nil
        let bearer = (try? AuthorizationHeader.bearer(headers)) ?? nil
        demand(basic == nil || bearer == nil, "a header is of one scheme")
        guard let basic else { return }
        demand(!basic.id.isEmpty, "a client has a name")
        let pair = "\(FormEncoding.escape(basic.id)):\(FormEncoding.escape(basic.secret))"
        let again = try? AuthorizationHeader.basic([.authorization: "Basic \(Base64.encode(Array(pair.utf8)))"])
        demand(again == basic, "credentials that are written are read again")
    }

    /// Who is not a proxy is never believed, and behind a proxy the last that is none.
    private func checkForwarding(_ chain: String) {
        let headers: HTTPFields = [HTTPField.Name("X-Forwarded-For") ?? .origin: chain]
        let stranger = Self.proxies.network(peer: "192.0.2.7", headers: headers)
        demand(stranger == ClientNetwork("192.0.2.7"), "a stranger's word counts for nothing")
        let told = Self.proxies.network(peer: "10.0.0.1", headers: headers)
        demand(told != .unknown, "an address that cannot be read is the proxy's")
        let last = headers[values: HTTPField.Name("X-Forwarded-For") ?? .origin].first?.split(separator: ",").last
        let hop = ClientNetwork((last ?? "").filter { !$0.isWhitespace })
        if hop != .unknown, !hop.address.hasPrefix("10.") { demand(told == hop, "the last hop is whom the proxy saw") }
    }

    private func checkForm(_ headers: HTTPFields) {
        let visit = Visit(
            method: .post, path: "/", query: nil, headers: headers, body: [], network: .unknown, reference: "",
            now: Instant(seconds: 0), logger: .init(label: "", factory: { _ in SilentLog() }))
        let isForm = visit.brings(.form)
        demand(!(isForm && visit.brings(.json)), "a body is of one type")
        guard isForm else { return }
        demand(
            headers[.contentType]?.lowercased().contains("application/x-www-form-urlencoded") ?? false,
            "a form says so")
    }
}

import Foundation
import OAuth

/// One call to one endpoint of a provider, with all that is needed to answer it.
struct Visit: Sendable {
    let call: Call
    let endpoint: Endpoint
    /// Of the path: Microsoft's tenant.
    var tenant = ""
    let fault: Fault?
    let now: Instant
    let backstage: Backstage
    let house: House

    /// Where a provider begins: its base URL.
    func base(_ provider: Provider) -> String { "\(call.origin)/\(provider.rawValue)" }
}

/// What the whole process was started with.
struct House: Sendable {
    let clientID: String
    let clientSecret: String
    /// What return addresses begin with; none: any port of this machine, by plain HTTP.
    let redirectPrefixes: [String]
    /// Whether people choose who they are on a page.
    let choose: Bool

    func isRegistered(_ address: String) -> Bool {
        guard let url = URLComponents(string: address), url.fragment == nil, url.user == nil else { return false }
        guard redirectPrefixes.isEmpty else {
            return redirectPrefixes.contains { address.utf8.starts(with: $0.utf8) }
        }
        return url.scheme == "http" && ["localhost", "127.0.0.1"].contains(url.host) && url.port != nil
    }
}

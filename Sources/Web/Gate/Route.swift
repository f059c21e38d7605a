import HTTPTypes
import OAuth

/// How an address speaks, which decides its headers and the form of its errors.
package enum Manner: Sendable, Equatable {
    /// Pages for people. `extra` form targets are named by the reply itself.
    case page
    /// A page whose address holds a secret: nothing of it may leave in a referrer (ML12).
    case secretPage
    /// JSON for clients.
    case api(CORS)
    /// Style sheets, scripts and pictures: the same for everybody, cached for ever under a fingerprint.
    case asset

    /// Cross-origin reading (WB5).
    package enum CORS: Sendable, Equatable {
        case none
        /// Public documents.
        case open
        /// The origins that clients have registered.
        case registered
    }
}

/// One address: what it answers to, and how. The whole of them is one visible list.
struct Route: Sendable {
    typealias Action = @Sendable (Visit) async throws -> Reply

    let path: String
    let manner: Manner
    let actions: [HTTPRequest.Method: Action]

    init(_ path: String, _ manner: Manner, _ actions: [HTTPRequest.Method: Action]) {
        self.path = path
        self.manner = manner
        self.actions = actions
    }
}

/// Finds the route of a path: exact, or by its first segment where the second is a secret.
struct RouteTable: Sendable {
    private let exact: [String: Route]
    private let byFirstSegment: [String: Route]

    init(_ routes: [Route]) {
        var exact: [String: Route] = [:]
        var byFirstSegment: [String: Route] = [:]
        for route in routes {
            if route.path.hasSuffix("/*") {
                byFirstSegment[String(route.path.dropLast())] = route
            } else {
                exact[route.path] = route
            }
        }
        self.exact = exact
        self.byFirstSegment = byFirstSegment
    }

    func route(_ path: String) -> Route? {
        if let route = exact[path] { return route }
        guard let slash = path.dropFirst().firstIndex(of: "/") else { return nil }
        return byFirstSegment[String(path[...slash])]
    }

    /// The path as it may be logged: what follows a secret's prefix is left out, and so is what looks like a secret in an
    /// address that is none of this server's (CF3).
    func loggable(_ path: String) -> String {
        guard exact[path] == nil else { return path }
        let foreign = ShownText.sent(String(path.prefix(200))).text
        guard let slash = path.dropFirst().firstIndex(of: "/") else { return foreign }
        let prefix = String(path[...slash])
        return byFirstSegment[prefix] == nil ? foreign : prefix + "…"
    }
}

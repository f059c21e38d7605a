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
    /// JSON for programs that look after this server, by access token: errors are problem details (RFC 9457).
    case administration
    /// Style sheets, scripts and pictures: the same for everybody, cached for ever under a fingerprint.
    case asset
    /// Pictures of people, which pages of other sites show too.
    case picture

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
    /// What a body must be.
    let accepts: RequestBody
    /// Whether strangers are to believe that there is nothing here: no method is refused by name.
    let isHidden: Bool

    init(
        _ path: String, _ manner: Manner, _ actions: [HTTPRequest.Method: Action], accepts: RequestBody = .form,
        isHidden: Bool = false
    ) {
        self.path = path
        self.manner = manner
        self.actions = actions
        self.accepts = accepts
        self.isHidden = isHidden
    }
}

/// Finds the route of a path: exact, by its pattern where it holds an id, or by its first segment where the second is
/// a secret.
struct RouteTable: Sendable {
    /// Beneath it even an address that there is none of answers as the administration API does.
    static let administration = "/api/admin/v1"

    private let exact: [String: Route]
    /// By the number of their segments.
    private let patterns: [Int: [(pattern: PathPattern, route: Route)]]
    private let byFirstSegment: [String: Route]

    init(_ routes: [Route]) {
        var exact: [String: Route] = [:]
        var byFirstSegment: [String: Route] = [:]
        var patterns: [Int: [(pattern: PathPattern, route: Route)]] = [:]
        for route in routes {
            if let pattern = PathPattern(route.path) {
                patterns[pattern.count, default: []].append((pattern, route))
            } else if route.path.hasSuffix("/*") {
                byFirstSegment[String(route.path.dropLast())] = route
            } else {
                exact[route.path] = route
            }
        }
        self.exact = exact
        self.byFirstSegment = byFirstSegment
        self.patterns = patterns
    }

    func route(_ path: String) -> Route? {
        if let route = exact[path] { return route }
        if let (route, _) = filled(path) { return route }
        guard let slash = path.dropFirst().firstIndex(of: "/") else { return nil }
        return byFirstSegment[String(path[...slash])]
    }

    /// How an address speaks, those there are none of included.
    func manner(_ path: String) -> Manner {
        route(path)?.manner ?? (path.hasPrefix(Self.administration + "/") ? .administration : .page)
    }

    /// The ids in a path.
    func places(_ path: String) -> [String: String] {
        guard exact[path] == nil else { return [:] }
        return filled(path)?.values ?? [:]
    }

    /// The path as it may be logged: what follows a secret's prefix is left out, and so is what looks like a secret in an
    /// address that is none of this server's (CF3).
    func loggable(_ path: String) -> String {
        guard exact[path] == nil else { return path }
        if let (route, _) = filled(path) { return route.path }
        let foreign = ShownText.sent(String(path.prefix(200))).text
        guard let slash = path.dropFirst().firstIndex(of: "/") else { return foreign }
        let prefix = String(path[...slash])
        return byFirstSegment[prefix] == nil ? foreign : prefix + "…"
    }

    private func filled(_ path: String) -> (route: Route, values: [String: String])? {
        let parts = PathPattern.split(path)
        for (pattern, route) in patterns[parts.count] ?? [] {
            if let values = pattern.values(in: parts) { return (route, values) }
        }
        return nil
    }
}

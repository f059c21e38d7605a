import Metrics
import Cryptography
import HTTPTypes
import Identity
import Logging
import OAuth

/// A request as a listener received it, its body already bounded.
package struct IncomingRequest: Sendable {
    package let method: HTTPRequest.Method
    /// Path and query as sent.
    package let target: String
    package let headers: HTTPFields
    package let body: [UInt8]
    /// The peer's address.
    package let peer: String?

    package init(method: HTTPRequest.Method, target: String, headers: HTTPFields, body: [UInt8], peer: String?) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
    }
}

/// The front door: every request passes it, and every reply leaves by it, so that no route can forget a
/// header, leak an error or log a secret.
///
/// A class, as `Rooms` is: every request carries it from one suspension to the next, and to copy some hundred references
/// each time has taken more than half of a small request's time.
package final class Reception: Sendable {
    let rooms: Rooms
    let table: RouteTable
    let proxies: Proxies
    let logger: Logger
    private let meters: RequestMeters

    package init(rooms: Rooms, proxies: Proxies, logger: Logger, metrics: any MetricsFactory) {
        self.rooms = rooms
        self.proxies = proxies
        self.logger = logger
        meters = RequestMeters(metrics)
        table = RouteTable(Self.routes(rooms))
    }

    /// Every address there is.
    static func routes(_ rooms: Rooms) -> [Route] {
        MetadataRoutes(rooms: rooms).routes
            + AuthorizationRoutes(rooms: rooms).routes
            + TokenRoutes(rooms: rooms).routes
            + UserInfoRoutes(rooms: rooms).routes
            + LogoutRoutes(rooms: rooms).routes
            + SignInRoutes(rooms: rooms).routes
            + PasskeySignInRoutes(rooms: rooms).routes
            + SecondFactorRoutes(rooms: rooms).routes
            + SignUpRoutes(rooms: rooms).routes
            + MailEntranceRoutes(rooms: rooms, entrance: rooms.signUp).routes
            + MailEntranceRoutes(rooms: rooms, entrance: rooms.verification).routes
            + ConsentRoutes(rooms: rooms).routes
            + AccountChoiceRoutes(rooms: rooms).routes
            + OverviewRoutes(rooms: rooms).routes
            + ProfileRoutes(rooms: rooms).routes
            + PictureRoutes(rooms: rooms).routes
            + SecurityRoutes(rooms: rooms).routes
            + FactorAccountRoutes(rooms: rooms).routes
            + SessionRoutes(rooms: rooms).routes
            + ApplicationRoutes(rooms: rooms).routes
            + PreferenceRoutes(rooms: rooms).routes
            + DataRoutes(rooms: rooms).routes
            + ComeBackRoutes(rooms: rooms).routes
            + ConfirmationRoutes(rooms: rooms).routes
            + PasswordRoutes(rooms: rooms).routes
            + RecoveryRoutes(rooms: rooms).routes
            + AddressRoutes(rooms: rooms).routes
            + AddressUndoRoutes(rooms: rooms).routes
            + MailedConfirmationRoutes(rooms: rooms).routes
            + LostFactorRoutes(rooms: rooms).routes
            + RecoveryStopRoutes(rooms: rooms).routes
            + SetupRoutes(rooms: rooms).routes
            + MagicLinkRoutes(rooms: rooms).routes
            + SignInDenialRoutes(rooms: rooms).routes
            + StaffLinkRoutes(rooms: rooms).routes
            + UpstreamRoutes(rooms: rooms).routes
            + UpstreamAddressRoutes(rooms: rooms).routes
            + UpstreamConnectRoutes(rooms: rooms).routes
            + MailEntranceRoutes(rooms: rooms, entrance: rooms.upstream.proof).routes
            + IdentityRoutes(rooms: rooms).routes
            + AdministrationAPI(rooms: rooms).routes
            + PeoplePages(rooms: rooms).routes
            + PersonPages(rooms: rooms).routes
            + InvitePages(rooms: rooms).routes
            + InvitationRoutes(rooms: rooms).routes
            + AssetRoutes(rooms: rooms).routes
    }

    /// Never throws: whatever happens inside becomes a reply. All that is written down meanwhile bears the
    /// request's reference.
    package func answer(_ request: IncomingRequest) async -> Reply {
        let reference = reference()
        return await RequestReference.$current.withValue(reference) { await answer(request, reference) }
    }

    private func answer(_ request: IncomingRequest, _ reference: String) async -> Reply {
        let start = ContinuousClock.now
        let (path, query) = Self.split(request.target)
        let route = table.route(path)
        let manner = table.manner(path)
        let visit = Visit(
            method: request.method, path: path, places: table.places(path), query: query, headers: request.headers,
            body: request.body,
            network: proxies.network(peer: request.peer, headers: request.headers), reference: reference,
            now: rooms.clock.now, logger: logger)
        var reply: Reply
        do {
            reply = try await RequestNetwork.$current.withValue(visit.network.prefix) {
                switch manner {
                case .page, .secretPage: try await self.replyApart(to: visit, route)
                case .api, .administration, .asset, .picture: try await self.reply(to: visit, route)
                }
            }
        } catch {
            reply = refusal(error, visit, manner)
        }
        if case .api(let cors) = manner {
            // A browser app must be able to read why it was refused, too.
            await CrossOrigin(registry: rooms.registry).complete(&reply, for: request.headers, cors: cors)
        }
        ResponseHeaders(isSecure: rooms.settings.isSecure).complete(&reply, manner: manner, reference: reference)
        if request.method == .head { reply.body = [] }
        writeDown(reply, visit)
        log(reply, visit)
        meters.record(request.method, route, reply.status, since: start)
        return reply
    }

    /// By a task of its own. A task keeps until its end what the deepest of its calls took, for a page some tens of KB, and
    /// that of a connection lives as long as it.
    private func replyApart(to visit: Visit, _ route: Route?) async throws -> Reply {
        async let reply = reply(to: visit, route)
        return try await reply
    }

    private func reply(to visit: Visit, _ route: Route?) async throws -> Reply {
        guard let route else {
            throw Self.nothing(at: visit)
        }
        if visit.method == .options, case .api(let cors) = route.manner,
            let preflight = try await CrossOrigin(registry: rooms.registry).preflight(visit.headers, cors: cors)
        {
            return preflight
        }
        let method = visit.method == .head ? .get : visit.method
        guard let action = route.actions[method] else { return try methodRefusal(route, visit) }
        guard method == .get || isReadable(visit, route) else {
            guard !route.isHidden else { throw Self.nothing(at: visit) }
            throw PageProblem(
                .unsupportedMediaType, "unsupported_media_type", .contentType(visit.headers[.contentType]),
                in: Course.address)
        }
        return try await action(visit)
    }

    private func isReadable(_ visit: Visit, _ route: Route) -> Bool {
        visit.brings(route.accepts) || (visit.body.isEmpty && route.path == EndpointPaths().userInfo)
    }

    /// How large a body may be.
    func mostBody(of target: String, otherwise usual: Int) -> Int {
        guard case .upload(let most) = table.route(Self.split(target).path)?.accepts else { return usual }
        return most
    }

    private static func nothing(at visit: Visit) -> PageProblem {
        PageProblem(.notFound, "not_found", .nowhere(visit.path), in: Course.address)
    }

    /// 405 with what is allowed (IN8).
    private func methodRefusal(_ route: Route, _ visit: Visit) throws -> Reply {
        guard !route.isHidden else { throw Self.nothing(at: visit) }
        let methods = Set(route.actions.keys.map(\.rawValue) + (route.actions[.get] == nil ? [] : ["HEAD"])).sorted()
        let problem = PageProblem(
            .methodNotAllowed, "method_not_allowed", .method(visit.method, allowed: methods), in: Course.address)
        var reply = refusal(problem, visit, route.manner)
        reply.headers[.allow] = methods.joined(separator: ", ")
        return reply
    }

    /// 10 hexadecimal digits, 40 bits: enough to find one line in a log. No key and no secret hangs on it. Beside
    /// the 100,000 explanations that are kept at the most, a new one meets its own reference once in ten million
    /// times; then the older stays, and the newer is missing.
    func reference() -> String {
        guard let bytes = try? rooms.random.bytes(7) else { return "none" }
        return String(Hex.encode(bytes).prefix(10))
    }

    private static func split(_ target: String) -> (path: String, query: String?) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target, nil) }
        return (String(target[..<mark]), String(target[target.utf8.index(after: mark)...]))
    }
}

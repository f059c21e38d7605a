import HTTPTypes
import Identity
import OAuth

/// The administration API: JSON in and out, for programs that look after people. No cookie means anything here.
struct AdministrationAPI: Sendable {
    static let base = RouteTable.administration

    let rooms: Rooms

    var routes: [Route] {
        let byPath = Dictionary(grouping: operations, by: \.path)
        let description = APIDescription(operations: operations, issuer: rooms.settings.issuer)
        return byPath.sorted { $0.key < $1.key }.map { path, operations in
            var actions: [HTTPRequest.Method: Route.Action] = [:]
            for operation in operations { actions[operation.method] = { try await answer($0, operation) } }
            return Route(Self.base + path, .administration, actions, accepts: .json)
        } + [
            Route(APIDescription.path, .administration, [.get: { _ in .json(description.bytes) }], accepts: .json)
        ]
    }

    var operations: [APIOperation] {
        PeopleOperations(rooms: rooms).all + StaffLinkOperations(rooms: rooms).all
            + InvitationOperations(rooms: rooms).all
    }

    /// The same steps for every call: bounded, let in, read, done.
    private func answer(_ visit: Visit, _ operation: APIOperation) async throws -> Reply {
        try await admit([(Self.network, visit.network.prefix)], visit)
        guard operation.isWrite ? visit.query?.isEmpty ?? true : visit.body.isEmpty else {
            throw APIProblem(
                .malformedRequest, operation.isWrite ? "a write takes no query" : "a read takes no body",
                .apiBody("a query or a body where none belongs"))
        }
        let bearer = try AuthorizationHeader.bearer(visit.headers)
        let caller = try await rooms.administration.access.caller(
            bearer: bearer, needing: operation.scope, forChange: operation.isWrite, at: visit.now)
        try await admit([(Self.callers, caller.subject)], visit)
        let body =
            operation.isWrite
            ? try APIBody(visit, operation.fields) : try APIBody(query: visit, operation.fields)
        let version = operation.isWrite ? try Self.version(visit, operation) : nil
        return try await operation.action(APICall(visit: visit, caller: caller, body: body, version: version))
    }

    private static let network = ThrottleLimit("admin_api_network", attempts: 1200, window: 60)
    private static let callers = ThrottleLimit("admin_api", attempts: 600, window: 60)

    private func admit(_ lanes: [(ThrottleLimit, String)], _ visit: Visit) async throws {
        let lanes = lanes.map { rooms.throttle.lane($0.0, Array($0.1.utf8)) }
        guard case .refused(_, let retryAfter) = try await rooms.throttle.admit(lanes, at: visit.now) else { return }
        throw APIProblem(.throttled, "wait, then go on", .apiThrottled, retryAfter: retryAfter)
    }

    /// One strong tag: a weak one, or a list, is not what this API gives out.
    private static func version(_ visit: Visit, _ operation: APIOperation) throws(APIProblem) -> String? {
        guard let text = visit.headers[.ifMatch] else {
            guard operation.demandsVersion else { return nil }
            throw APIProblem(.preconditionRequired, "send the person's ETag as If-Match", .apiUnseen)
        }
        let inner = text.dropFirst().dropLast()
        guard operation.isConditional, visit.headers[values: .ifMatch].count == 1, text.hasPrefix("\""),
            text.hasSuffix("\""), text.utf8.count >= 2, !inner.contains("\"")
        else {
            throw APIProblem(
                .malformedRequest, "If-Match takes one tag, as ETag gave it, and only where a person is changed",
                .apiBody("an If-Match that cannot be read"))
        }
        return String(inner)
    }
}

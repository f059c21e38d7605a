import HTTPTypes
import Identity
import OAuth

/// `/authorize` and the one dispatcher behind it. Every step comes back to `continue`; no step knows
/// another.
struct AuthorizationRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        [
            Route("/authorize", .page, [.get: begin, .post: moveToQuery]),
            Route("/authorize/continue", .page, [.get: resume]),
        ]
    }

    /// How often one network may begin without anybody signed in: each beginning is a row that waits for an
    /// hour (IN9).
    static let beginnings = ThrottleLimit("authorize-network", attempts: 600, window: 900)

    @Sendable private func begin(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        if guest.session == nil {
            let lane = rooms.throttle.lane(Self.beginnings, Array(visit.network.prefix.utf8))
            if case .refused(let limit, let seconds) = try await rooms.throttle.admit([lane], at: visit.now) {
                rooms.audit.record(AuditEvent(.requestThrottled, details: ["reason": limit]))
                throw PageProblem(
                    .tooManyRequests, "too_many_requests", .beginnings, in: Course.authorization, retryAfter: seconds)
            }
        }
        let parameters: OAuth.Parameters
        do {
            parameters = try visit.queryParameters()
        } catch {
            throw PageProblem(error.examined(in: Course.authorization, established: Established()))
        }
        let outcome = try await rooms.authorization.begin(parameters, visitor: guest.visitor, at: visit.now)
        return rooms.welcome(guest, try reply(to: outcome, visit))
    }

    /// A request by POST comes from another site, and browsers leave our cookies out of it: it is sent
    /// round as a GET, where they are there.
    @Sendable private func moveToQuery(_ visit: Visit) async throws -> Reply {
        do {
            return .seeOther("/authorize?" + FormEncoding.encode(try visit.formParameters().pairs))
        } catch {
            throw PageProblem(error.examined(in: Course.authorization, established: Established()))
        }
    }

    @Sendable private func resume(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let handle = try rooms.handle(visit.queryParameters())
        let outcome = try await rooms.authorization.resume(handle, visitor: guest.visitor, at: visit.now)
        return rooms.welcome(guest, try reply(to: outcome, visit))
    }

    private func reply(to outcome: AuthorizationEndpoint.Outcome, _ visit: Visit) throws -> Reply {
        switch outcome {
        case .respond(let response): try rooms.reply(response, visit)
        case .interact(let step, _, let handle): .seeOther(page(of: step) + "?request=" + handle)
        case .showToUser(let error, let reason): throw rooms.problem(error, reason)
        }
    }

    /// Where each step is taken.
    private func page(of step: AuthorizationStep) -> String {
        switch step {
        case .signIn(.create) where rooms.signUp.policy.isOffered: SignUpRoutes.path
        case .signIn: "/sign-in"
        case .selectAccount: "/select-account"
        case .askConsent: "/consent"
        case .notAllowed: "/not-allowed"
        case .answer, .refuse: "/authorize/continue"
        }
    }
}

extension Rooms {
    /// The handle of the paused request that a step belongs to.
    func handle(_ parameters: OAuth.Parameters) throws -> String {
        guard let handle = parameters["request"] else {
            throw PageProblem(.badRequest, "request_expired", .requestLost, in: Course.continuation)
        }
        return handle
    }

    static func continuing(_ handle: String) -> Reply {
        .seeOther("/authorize/continue?request=" + FormEncoding.escape(handle))
    }

    /// What a step's page finds when it asks where things stand: its own turn, or somewhere else to go.
    enum Turn {
        case mine(AuthorizationStep, AuthorizationRequest, handle: String)
        case elsewhere(Reply)
    }

    func turn(
        _ visit: Visit, _ guest: Guest, handle: String, if isMine: (AuthorizationStep) -> Bool
    ) async throws -> Turn {
        switch try await authorization.resume(handle, visitor: guest.visitor, at: visit.now) {
        case .interact(let step, let request, let handle) where isMine(step):
            return .mine(step, request, handle: handle)
        case .interact: return .elsewhere(Self.continuing(handle))
        case .respond(let response): return .elsewhere(try reply(response, visit))
        case .showToUser(let error, let reason): throw problem(error, reason)
        }
    }

    /// What a person is shown instead of being sent back. On the developer's own machine the page says what was
    /// expected, too: an address registered there is no secret to whoever sits before it. It repeats nothing that
    /// was sent but a port.
    func problem(_ error: OAuthError, _ reason: AuthorizationRequest.Reason) -> PageProblem {
        guard settings.isLoopback, let finding = error.examination.failed else { return PageProblem(error, reason) }
        return PageProblem(
            .badRequest, reason.rawValue, error.examination, detail: "\(error.sentence)\nexpected: \(finding.expected)")
    }

    /// The response to the client, by redirect or by a form that sends itself.
    func reply(_ response: AuthorizationResponse, _ visit: Visit) throws -> Reply {
        var reply = try reply(sending: response.referring(to: visit.reference))
        reply.examination = response.refusal?.examination
        return reply
    }

    private func reply(sending response: AuthorizationResponse) throws -> Reply {
        guard response.address.mode == .formPost else { return .seeOther(response.location) }
        let fields = response.fields.map { ["name": $0.name, "value": $0.value] }
        return try writer.reply(
            "form-post", title: pages.catalogue.text("title.form_post"),
            ["action": response.address.uri, "fields": fields],
            formTargets: Origin.source(of: response.address.uri).map { [$0] } ?? [])
    }

    /// How a client is shown to a person.
    func badge(_ client: Client, returningTo uri: String?) -> [String: Any] {
        var badge: [String: Any] = ["name": client.name]
        if let uri, let origin = Origin.of(uri) {
            badge["host"] = origin.replacing("https://", with: "", maxReplacements: 1)
        }
        if let uri = client.uri { badge["uri"] = uri }
        return badge
    }

    func formTargets(_ request: AuthorizationRequest) -> [String] {
        Origin.source(of: request.returnAddress.uri).map { [$0] } ?? []
    }
}

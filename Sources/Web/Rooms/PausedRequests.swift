import OAuth

extension Rooms {
    /// The handle of the paused request that a step belongs to.
    func handle(_ parameters: OAuth.Parameters) throws -> String {
        guard let handle = parameters["request"] else {
            throw PageProblem(.badRequest, "request_expired", .requestLost, in: Course.continuation)
        }
        return handle
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
        case .interact: return .elsewhere(.continuing(handle))
        case .respond(let response): return .elsewhere(try reply(response, visit))
        case .showToUser(let error, let reason): throw problem(error, reason)
        }
    }

    /// Where to go when it is not this page's turn.
    func follow(_ turn: Turn, _ guest: Guest) throws -> Reply {
        switch turn {
        case .elsewhere(let reply): welcome(guest, reply)
        case .mine(_, _, let handle): .continuing(handle)
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

import HTTPTypes
import OAuth

/// Asking what a client may do (SE10, SE11), choosing an account, and being told no.
struct ConsentRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route("/consent", .page, [.get: show, .post: decide])] }

    private func turn(_ visit: Visit, _ guest: Guest, handle: String) async throws -> Rooms.Turn {
        try await rooms.turn(visit, guest, handle: handle) { step in
            if case .askConsent = step { true } else { false }
        }
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        switch try await turn(visit, guest, handle: rooms.handle(visit.queryParameters())) {
        case .elsewhere(let reply): return rooms.welcome(guest, reply)
        case .mine(_, let request, let handle):
            return try await page(request, guest, handle: handle)
        }
    }

    @Sendable private func decide(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let handle = try rooms.handle(form)
        guard case .mine(_, let request, _) = try await turn(visit, guest, handle: handle), let session = guest.entered
        else { return Reply.continuing(handle) }
        guard form["decision"] == "allow", form["subject"] == session.subject else {
            return try await deny(request, visit, guest, handle: handle)
        }
        try await rooms.consents.remember(
            Consent(
                subject: session.subject, clientID: request.client.id, scopes: request.scopes,
                resources: request.resources, grantedAt: visit.now))
        if let token = OpaqueToken(.pendingAuthorization, presented: handle) {
            _ = try await rooms.authorizations.record(
                .consented(request.scopes, subject: session.subject), on: token.digest, at: visit.now)
        }
        rooms.audit.record(
            AuditEvent(
                .consentGiven, subject: session.subject, clientID: request.client.id,
                details: ["scope": request.scopes.description]))
        return Reply.continuing(handle)
    }

    private func deny(_ request: AuthorizationRequest, _ visit: Visit, _ guest: Guest, handle: String) async throws
        -> Reply
    {
        rooms.audit.record(AuditEvent(.consentDenied, subject: guest.entered?.subject, clientID: request.client.id))
        let outcome = try await rooms.authorization.refuse(
            handle, with: OAuthError(.accessDenied, "the person did not allow it", .consentDenied),
            visitor: guest.visitor,
            at: visit.now)
        switch outcome {
        case .respond(let response): return try rooms.reply(response, visit)
        case .showToUser(let error, let reason): throw rooms.problem(error, reason)
        case .interact: return Reply.continuing(handle)
        }
    }

    private func page(_ request: AuthorizationRequest, _ guest: Guest, handle: String) async throws -> Reply {
        guard let session = guest.entered, let account = try await rooms.accounts.account(id: session.subject) else {
            return Reply.continuing(handle)
        }
        let context: [String: Any] = [
            "action": "/consent", "request": handle, "subject": account.id,
            "csrf": rooms.formGuard.token(for: guest.browser),
            "client": rooms.badge(request.client, returningTo: request.returnAddress.uri),
            "person": ["email": account.email.typed], "scopes": ScopeTexts(rooms.writer).list(request.scopes),
            "lifetime": lifetime(request), "resources": request.resources,
            "changeAccountURL": "/sign-in?switch=1&request=" + handle,
        ]
        return try rooms.writer.reply(
            "consent", title: rooms.pages.catalogue.text("title.consent"), context,
            formTargets: rooms.formTargets(request))
    }

    private func lifetime(_ request: AuthorizationRequest) -> String {
        let catalogue = rooms.pages.catalogue
        guard request.scopes.contains(ScopeSet.offlineAccess) else {
            let minutes = max(1, rooms.settings.lifetimes.accessToken(for: request.client) / 60)
            return minutes == 1
                ? catalogue.text("consent.lifetime.online_one")
                : catalogue.text("consent.lifetime.online", ["minutes": String(minutes)])
        }
        let days = rooms.settings.lifetimes.refreshAbsolute / 86_400
        return catalogue.text("consent.lifetime.offline_days", ["days": String(days)])
    }
}

import HTTPTypes
import OAuth

/// Choosing an account (`prompt=select_account`), and the page for a person who may not use a client.
struct AccountChoiceRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        [
            Route("/select-account", .page, [.get: show, .post: choose]),
            Route("/not-allowed", .page, [.get: explain]),
        ]
    }

    private func turn(_ visit: Visit, _ guest: Guest, handle: String) async throws -> Rooms.Turn {
        try await rooms.turn(visit, guest, handle: handle) { $0 == .selectAccount }
    }

    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let turn = try await turn(visit, guest, handle: rooms.handle(visit.queryParameters()))
        guard case .mine(_, let request, let handle) = turn else { return try rooms.follow(turn, guest) }
        guard let session = guest.entered, let account = try await rooms.accounts.account(id: session.subject) else {
            return Reply.continuing(handle)
        }
        var person: [String: Any] = ["email": account.email.typed, "id": account.id]
        person["name"] = account.profile.name
        let context: [String: Any] = [
            "action": "/select-account", "request": handle, "csrf": rooms.formGuard.token(for: guest.browser),
            "client": rooms.badge(request.client, returningTo: request.returnAddress.uri), "accounts": [person],
            "otherAccountURL": "/sign-in?switch=1&request=" + handle,
        ]
        return try rooms.writer.reply(
            "select-account", title: rooms.pages.catalogue.text("title.select_account"), context,
            formTargets: rooms.formTargets(request))
    }

    @Sendable private func choose(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let handle = try rooms.handle(form)
        let turn = try await turn(visit, guest, handle: handle)
        guard case .mine = turn else { return try rooms.follow(turn, guest) }
        if let session = guest.entered, form["account"] == session.subject,
            let token = OpaqueToken(.pendingAuthorization, presented: handle)
        {
            _ = try await rooms.authorizations.record(.chose(subject: session.subject), on: token.digest, at: visit.now)
        }
        return Reply.continuing(handle)
    }

    /// Said only to the person concerned, after they have signed in.
    @Sendable private func explain(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let turn = try await rooms.turn(visit, guest, handle: rooms.handle(visit.queryParameters())) { step in
            if case .notAllowed = step { true } else { false }
        }
        guard case .mine(let step, let request, let handle) = turn else { return try rooms.follow(turn, guest) }
        guard let session = guest.entered, let account = try await rooms.accounts.account(id: session.subject),
            case .notAllowed(let refusal) = step
        else { return Reply.continuing(handle) }
        let roles = request.client.policy.requiredRoles
        rooms.audit.record(
            AuditEvent(
                .personNotAdmitted, subject: account.id, clientID: request.client.id,
                details: [
                    "expected": roles.joined(separator: " "), "seen": account.roles.map(\.name).joined(separator: " "),
                ]))
        let requirement = rooms.pages.catalogue.text(
            roles.count == 1 ? "not_allowed.role" : "not_allowed.roles",
            ["roles": roles.joined(separator: ", "), "client": request.client.name])
        var context: [String: Any] = [
            "client": rooms.badge(request.client, returningTo: request.returnAddress.uri), "requirement": requirement,
            "person": ["email": account.email.typed], "reference": visit.reference,
            "changeAccountURL": "/sign-in?switch=1&request=" + handle,
        ]
        context["backURL"] = request.client.uri
        var reply = try rooms.writer.reply(
            "not-allowed", title: rooms.pages.catalogue.text("title.not_allowed"), context, status: .forbidden)
        reply.examination = refusal.examination
        return reply
    }
}

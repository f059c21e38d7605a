import HTTPTypes
import Identity
import OAuth

/// Signing out: asked for by a client (RP-Initiated Logout 1.0) or by the person.
struct LogoutRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        [
            Route("/logout", .page, [.get: begin, .post: begin]),
            Route("/logout/confirm", .page, [.post: confirm]),
            Route("/signed-out", .page, [.get: signedOut]),
        ]
    }

    /// By GET or POST (§2). A form of another site cannot bring our cookies, so a POST goes round as a GET.
    @Sendable private func begin(_ visit: Visit) async throws -> Reply {
        let parameters = try visit.parameters()
        if visit.method == .post { return .seeOther("/logout?" + FormEncoding.encode(parameters.pairs)) }
        let guest = try await rooms.guest(visit)
        let request = try await validate(parameters, guest)
        switch request.decision {
        case .signOut: return try await end(guest, request, visit)
        case .nobodySignedIn:
            return rooms.welcome(guest, try farewell(client: request.client, returnURI: request.returnURI))
        case .confirm: return rooms.welcome(guest, try await ask(request, parameters, guest))
        }
    }

    @Sendable private func confirm(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        guard form["decision"] == "sign-out" else { return .seeOther("/account") }
        return try await end(guest, try await validate(form, guest), visit)
    }

    @Sendable private func signedOut(_ visit: Visit) async throws -> Reply {
        try farewell(client: nil, returnURI: nil)
    }

    private func validate(_ parameters: OAuth.Parameters, _ guest: Guest) async throws -> LogoutRequest {
        do {
            return try await rooms.logout.validate(parameters, signedIn: guest.entered?.authentication(guest.levels))
        } catch let error as OAuthError {
            let client = parameters["client_id"]
            let values = client.map { [CheckName.client: ShownText.known($0)] } ?? [:]
            throw PageProblem(
                error.examined(in: Course.logout, established: Established(values, clientID: client)))
        }
    }

    /// The server's session dies first; the cookie is merely tidied away (SE5).
    private func end(_ guest: Guest, _ request: LogoutRequest, _ visit: Visit) async throws -> Reply {
        if let session = guest.entered {
            _ = try await rooms.sessions.end(session.id, of: session.subject, as: .signOut, at: visit.now)
        }
        var reply = try farewell(client: request.client, returnURI: request.returnURI)
        reply.headers.append(HTTPField(name: .setCookie, value: rooms.cookies.clearingSession))
        return reply
    }

    private func farewell(client: Client?, returnURI: String?) throws -> Reply {
        if let returnURI { return .seeOther(returnURI) }
        var context: [String: Any] = ["signInURL": "/sign-in"]
        if let client {
            context["client"] = rooms.badge(client, returningTo: nil)
            context["returnURL"] = client.uri
        }
        return try rooms.writer.reply("signed-out", title: rooms.pages.catalogue.text("title.signed_out"), context)
    }

    private func ask(_ request: LogoutRequest, _ parameters: OAuth.Parameters, _ guest: Guest) async throws -> Reply {
        let kept = ["client_id", "id_token_hint", "post_logout_redirect_uri", "state"]
        let hidden = kept.compactMap { name in parameters[name].map { ["name": name, "value": $0] } }
        var context: [String: Any] = [
            "action": "/logout/confirm", "hidden": hidden, "csrf": rooms.formGuard.token(for: guest.browser),
        ]
        if let client = request.client { context["client"] = rooms.badge(client, returningTo: nil) }
        if let session = guest.entered, let account = try await rooms.accounts.account(id: session.subject) {
            context["person"] = ["email": account.email.typed]
        }
        return try rooms.writer.reply(
            "sign-out-confirm", title: rooms.pages.catalogue.text("title.sign_out_confirm"), context,
            formTargets: request.returnURI.flatMap(Origin.source).map { [$0] } ?? [])
    }
}

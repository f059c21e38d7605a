import JSON
import OAuth

/// GitHub: OAuth 2.0 without identity tokens. Its token endpoint says no with status 200, in a form unless JSON is asked.
struct GitHub: Company {
    let provider = Provider.github
    let manners = AuthorizationManners(
        mustNameResponseType: false, needsScope: false, hint: "login", emailScope: "user:email")
    let denial = [
        (name: "error", value: "access_denied"),
        (name: "error_description", value: "The user has denied your application access."),
    ]

    func place(of path: String) -> Place? {
        switch path {
        case "login/oauth/authorize": Place(.authorize)
        case "login/oauth/access_token": Place(.token)
        case "user", "api/v3/user": Place(.userinfo)
        case "user/emails", "api/v3/user/emails": Place(.emails)
        default: nil
        }
    }

    /// As it has named itself since April 2026.
    func responseIssuer(_ visit: Visit) -> String? { visit.base(provider) + "/login/oauth" }

    func answer(_ visit: Visit) async throws -> Reply {
        switch visit.endpoint {
        case .token: try await token(visit)
        case .userinfo, .emails: try await api(visit)
        case .authorize, .revoke, .jwks, .discovery, .debugToken: .notFound
        }
    }

    private func token(_ visit: Visit) async throws -> Reply {
        guard visit.call.method == "POST" else { return .notFound }
        do {
            let form = try form(visit.call)
            try visit.proveClient(form, basic: false)
            let exchange = CodeExchange(
                company: self, visit: visit, form: form, mustNameGrantType: false, mustNameRedirectURI: false)
            let grant = try await exchange.redeem()
            return spoken(
                [
                    ("access_token", grant.accessToken), ("scope", grant.scopes.joined(separator: ",")),
                    ("token_type", "bearer"),
                ], to: visit)
        } catch let refusal as TokenRefusal {
            return spoken(words(of: refusal), to: visit)
        }
    }

    /// It reads JSON too.
    private func form(_ call: Call) throws(TokenRefusal) -> OAuth.Parameters {
        do {
            guard call.isJSON else { return try call.posted() }
            let members = try JSONValue(parsing: call.body).objectValue?.members ?? []
            return try OAuth.Parameters(members.map { ($0.key, $0.value.stringValue ?? "") })
        } catch { throw .malformed("the body cannot be read") }
    }

    private func spoken(_ pairs: [(name: String, value: String)], to visit: Visit) -> Reply {
        guard visit.call.header("accept")?.contains("application/json") ?? false else { return .form(pairs) }
        return .json(.object(JSONObject(pairs.map { ($0.name, .string($0.value)) })))
    }

    private func words(of refusal: TokenRefusal) -> [(name: String, value: String)] {
        let page =
            "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors"
        let (error, description) =
            switch refusal {
            case .wrongClient:
                ("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
            case .wrongRedirectURI:
                (
                    "redirect_uri_mismatch",
                    "The redirect_uri MUST match the registered callback URL for this application."
                )
            case .badCode, .spentCode, .malformed, .wrongMediaType:
                ("bad_verification_code", "The code passed is incorrect or expired.")
            case .wrongGrantType: ("unsupported_grant_type", "The grant type is not supported.")
            case .denied: ("unverified_user_email", "The user must have a verified primary email.")
            case .custom(let error, let description): (error, description)
            }
        return [("error", error), ("error_description", description), ("error_uri", page + "#" + error)]
    }

    func reply(to refusal: TokenRefusal) -> Reply { .form(words(of: refusal)) }

    private func api(_ visit: Visit) async throws -> Reply {
        guard visit.call.method == "GET" else { return .notFound }
        guard let agent = visit.call.header("user-agent"), !agent.isEmpty else {
            return .text(
                "Request forbidden by administrative rules. Please make sure your request has a User-Agent header\n",
                status: 403)
        }
        if let version = visit.call.header("x-github-api-version"), version.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) == nil {
            return .json(["message": "Invalid API version", "status": "400"], status: 400)
        }
        let grant = try await visit.bearerGrant(at: self)
        let scopes = (name: "X-OAuth-Scopes", value: grant.scopes.joined(separator: ", "))
        guard visit.endpoint == .emails else { return .json(profile(of: grant), headers: [scopes]) }
        guard grant.scopes.contains("user:email") || grant.scopes.contains("user") else {
            return .json(["message": "Not Found", "status": "404"], status: 404, headers: [scopes])
        }
        return .json(grant.persona.extra["emails"] ?? addresses(of: grant.persona), headers: [scopes])
    }

    /// The address is that of the public profile, which hardly anybody fills in.
    private func profile(of grant: Grant) -> JSONValue {
        let persona = grant.persona
        let profile: JSONObject = [
            "login": .string(persona.login), "id": Int64(persona.id).map { .integer($0) } ?? .string(persona.id),
            "node_id": "MDQ6VXNlcjE=", "avatar_url": .string("https://avatars.example/u/\(persona.id)"),
            "type": "User", "site_admin": false, "name": persona.name.map { .string($0) } ?? .null, "email": nil,
        ]
        return .object(profile.overlaid(with: JSONObject(persona.extra.members.filter { $0.key != "emails" })))
    }

    /// The primary one among others that prove nothing.
    private func addresses(of persona: Persona) -> JSONValue {
        let noreply: JSONValue = [
            "email": .string("\(persona.id)+\(persona.login)@users.noreply.github.com"), "primary": false,
            "verified": true, "visibility": nil,
        ]
        guard let email = persona.email else { return [noreply] }
        return [
            noreply, ["email": .string("old-" + email), "primary": false, "verified": false, "visibility": nil],
            ["email": .string(email), "primary": true, "verified": persona.verified, "visibility": "private"],
        ]
    }

    func refusalOfAPI(_ refusal: APIRefusal) -> Reply {
        switch refusal {
        case .noToken: .json(["message": "Bad credentials", "status": "401"], status: 401)
        case .denied: .json(["message": "Resource not accessible by integration", "status": "403"], status: 403)
        case .custom(_, let description): .json(["message": .string(description), "status": "422"], status: 422)
        }
    }
}

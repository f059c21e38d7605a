import JSON
import OAuth

/// Discord: forms only, client by Basic or in the form, ids as strings. Revoking either token ends the whole grant.
struct Discord: Company {
    let provider = Provider.discord
    let manners = AuthorizationManners(scopes: ["identify", "email", "guilds", "openid"])
    let denial = [
        (name: "error", value: "access_denied"),
        (name: "error_description", value: "The resource owner or authorization server denied the request"),
    ]

    func place(of path: String) -> Place? {
        switch path {
        case "oauth2/authorize", "api/oauth2/authorize": Place(.authorize)
        case "api/oauth2/token": Place(.token)
        case "api/oauth2/token/revoke": Place(.revoke)
        case "api/v10/users/@me": Place(.userinfo)
        case ".well-known/oauth-authorization-server": Place(.discovery)
        default: nil
        }
    }

    func responseIssuer(_ visit: Visit) -> String? { visit.base(provider) }

    func answer(_ visit: Visit) async throws -> Reply {
        switch visit.endpoint {
        case .discovery: metadata(visit)
        case .token: try await token(visit)
        case .revoke: try await revoke(visit)
        case .userinfo: .json(profile(of: try await visit.bearerGrant(at: self)))
        case .authorize, .emails, .jwks, .debugToken: .notFound
        }
    }

    /// RFC 8414.
    private func metadata(_ visit: Visit) -> Reply {
        let base = visit.base(provider)
        return .json([
            "issuer": .string(base), "authorization_endpoint": .string(base + "/oauth2/authorize"),
            "token_endpoint": .string(base + "/api/oauth2/token"),
            "revocation_endpoint": .string(base + "/api/oauth2/token/revoke"),
            "scopes_supported": ["identify", "email"], "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"], "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "authorization_response_iss_parameter_supported": true,
        ])
    }

    private func token(_ visit: Visit) async throws -> Reply {
        guard visit.call.method == "POST" else { return .wrongMethod }
        let form = try visit.postedForm()
        try visit.proveClient(form)
        let grant = try await CodeExchange(company: self, visit: visit, form: form).redeem()
        return .json([
            "token_type": "Bearer", "access_token": .string(grant.accessToken), "expires_in": 604_800,
            "refresh_token": .string(grant.refreshToken), "scope": .string(grant.scopes.joined(separator: " ")),
        ])
    }

    private func revoke(_ visit: Visit) async throws -> Reply {
        guard visit.call.method == "POST" else { return .wrongMethod }
        let form = try visit.postedForm()
        try visit.proveClient(form)
        guard let token = form["token"] else { throw TokenRefusal.malformed("token is missing") }
        await visit.backstage.revoke(token: token, at: provider)
        return .json([:])
    }

    private func profile(of grant: Grant) -> JSONValue {
        let persona = grant.persona
        var profile: JSONObject = [
            "id": .string(persona.id), "username": .string(persona.login), "discriminator": "0",
            "global_name": persona.name.map { .string($0) } ?? .null, "avatar": nil, "locale": "en-GB",
            "mfa_enabled": false,
        ]
        if grant.scopes.contains("email") {
            profile["email"] = persona.email.map { .string($0) } ?? .null
            profile["verified"] = persona.verified
        }
        return .object(profile.overlaid(with: persona.extra))
    }

    func reply(to refusal: TokenRefusal) -> Reply {
        switch refusal {
        case .malformed(let description): error("invalid_request", description)
        case .wrongMediaType:
            .json(["message": "415: Unsupported Media Type", "code": 0], status: 415)
        case .wrongClient: .json(["error": "invalid_client"], status: 401)
        case .badCode, .spentCode: error("invalid_grant", "Invalid \"code\" in request.")
        case .wrongRedirectURI: error("invalid_grant", "Invalid \"redirect_uri\" in request.")
        case .wrongGrantType: error("unsupported_grant_type", "Invalid \"grant_type\" in request.")
        case .denied: error("access_denied", "The request was denied.")
        case .custom(let code, let description): error(code, description)
        }
    }

    private func error(_ code: String, _ description: String) -> Reply {
        .json(["error": .string(code), "error_description": .string(description)], status: 400)
    }

    func refusalOfAPI(_ refusal: APIRefusal) -> Reply {
        switch refusal {
        case .noToken: .json(["message": "401: Unauthorized", "code": 0], status: 401)
        case .denied: .json(["message": "Missing Access", "code": 50001], status: 403)
        case .custom(_, let description): .json(["message": .string(description), "code": 50035], status: 400)
        }
    }
}

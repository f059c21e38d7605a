import JSON
import OAuth

/// A company that speaks OpenID Connect: discovery, two published keys, ID tokens, userinfo.
protocol OpenIDCompany: Company {
    /// Below the base, as discovery names them.
    var paths: OpenIDPaths { get }

    /// What its ID tokens say `iss` is.
    func issuer(_ visit: Visit, of grant: Grant?) -> String

    /// `sub`, and what the scopes open.
    func profile(of grant: Grant) -> JSONObject

    /// Of discovery, beyond what all have.
    func peculiarMetadata(_ visit: Visit) -> JSONObject

    func proveClient(_ visit: Visit, _ form: OAuth.Parameters) async throws
}

struct OpenIDPaths: Sendable {
    let authorize: String
    let token: String
    var userinfo: String?
    let jwks: String
    var discovery = ".well-known/openid-configuration"
}

extension OpenIDCompany {
    func place(of path: String) -> Place? {
        switch path {
        case paths.authorize: Place(.authorize)
        case paths.token: Place(.token)
        case paths.jwks: Place(.jwks)
        case paths.discovery: Place(.discovery)
        case paths.userinfo: Place(.userinfo)
        default: nil
        }
    }

    func issuer(_ visit: Visit, of grant: Grant?) -> String { visit.base(provider) }
    func peculiarMetadata(_ visit: Visit) -> JSONObject { JSONObject() }

    func proveClient(_ visit: Visit, _ form: OAuth.Parameters) async throws { try visit.proveClient(form) }

    func answer(_ visit: Visit) async throws -> Reply {
        switch visit.endpoint {
        case .discovery:
            let discovery = await visit.backstage.changes(of: provider)?.discovery ?? JSONObject()
            return .json(.object(metadata(visit).overlaid(with: discovery)))
        case .jwks:
            let headers = [(name: "Cache-Control", value: "public, max-age=19800, must-revalidate, no-transform")]
            return .json(try await visit.backstage.keys(of: provider).published, headers: headers)
        case .token: return try await token(visit)
        case .userinfo: return try await userInfo(visit)
        case .authorize, .revoke, .emails, .debugToken: return .notFound
        }
    }

    /// OpenID Connect Discovery §3.
    private func metadata(_ visit: Visit) -> JSONObject {
        let base = visit.base(provider) + "/"
        var metadata: JSONObject = [
            "issuer": .string(issuer(visit, of: nil)), "authorization_endpoint": .string(base + paths.authorize),
            "token_endpoint": .string(base + paths.token), "jwks_uri": .string(base + paths.jwks),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        ]
        metadata["userinfo_endpoint"] = paths.userinfo.map { .string(base + $0) }
        if responseIssuer(visit) != nil { metadata["authorization_response_iss_parameter_supported"] = true }
        return metadata.overlaid(with: peculiarMetadata(visit))
    }

    private func token(_ visit: Visit) async throws -> Reply {
        guard visit.call.method == "POST" else { return .wrongMethod }
        let form = try visit.postedForm()
        try await proveClient(visit, form)
        let grant = try await CodeExchange(company: self, visit: visit, form: form).redeem()
        var answer: JSONObject = [
            "access_token": .string(grant.accessToken), "token_type": "Bearer", "expires_in": 3599,
            "scope": .string(grant.scopes.joined(separator: " ")),
        ]
        if grant.scopes.contains("openid") {
            let token = IDToken(
                for: grant, issuer: issuer(visit, of: grant), profile: profile(of: grant),
                changes: await visit.backstage.changes(of: provider),
                keys: try await visit.backstage.keys(of: provider),
                visit: visit)
            answer["id_token"] = .string(try token.signed())
        }
        return .json(.object(answer), headers: [("Cache-Control", "no-store")])
    }

    private func userInfo(_ visit: Visit) async throws -> Reply {
        guard ["GET", "POST"].contains(visit.call.method) else { return .wrongMethod }
        let grant = try await visit.bearerGrant(at: self)
        let changes = await visit.backstage.changes(of: provider)
        return .json(.object(profile(of: grant).overlaid(with: changes?.userInfo ?? JSONObject())))
    }

    /// The standard claims, OpenID Connect Core §5.1 and §5.4.
    func standardClaims(of grant: Grant) -> JSONObject {
        let persona = grant.persona
        var claims: JSONObject = ["sub": .string(persona.id)]
        if grant.scopes.contains("profile") {
            claims["name"] = persona.name.map { .string($0) }
            claims["preferred_username"] = .string(persona.login)
            claims["locale"] = "en"
        }
        if grant.scopes.contains("email"), let email = persona.email {
            claims["email"] = .string(email)
            claims["email_verified"] = persona.verified
        }
        return claims.overlaid(with: persona.extra)
    }

    /// RFC 6749 §5.2.
    func reply(to refusal: TokenRefusal) -> Reply {
        switch refusal {
        case .malformed(let description): error("invalid_request", description)
        case .wrongMediaType: error("invalid_request", "the body must be a form")
        case .wrongClient:
            .json(
                ["error": "invalid_client", "error_description": "The client's credentials are invalid."], status: 401,
                headers: [("WWW-Authenticate", "Basic realm=\"stand-in\"")])
        case .badCode: error("invalid_grant", "The code is invalid or expired.")
        case .spentCode: error("invalid_grant", "The code was already used.")
        case .wrongRedirectURI: error("invalid_grant", "redirect_uri is not that of the authorization request.")
        case .wrongGrantType: error("unsupported_grant_type", "The grant type is not supported.")
        case .denied: error("access_denied", "The request was denied.")
        case .custom(let code, let description): error(code, description)
        }
    }

    func error(_ code: String, _ description: String, status: Int = 400) -> Reply {
        .json(["error": .string(code), "error_description": .string(description)], status: status)
    }

    /// RFC 6750 §3.1.
    func refusalOfAPI(_ refusal: APIRefusal) -> Reply {
        let (code, description, status) =
            switch refusal {
            case .noToken: ("invalid_token", "The access token is missing, expired or revoked.", 401)
            case .denied: ("insufficient_scope", "The token does not reach this far.", 403)
            case .custom(let code, let description): (code, description, 400)
            }
        var reply = error(code, description, status: status)
        if status != 400 { reply.headers.append(("WWW-Authenticate", "Bearer error=\"\(code)\"")) }
        return reply
    }
}

import JSON
import OAuth

/// Microsoft: every tenant an issuer of its own, addresses that nobody has proven, no `iss` in answers.
struct Microsoft: OpenIDCompany {
    static let shared: Set<String> = ["common", "organizations", "consumers"]

    let provider = Provider.microsoft
    let manners = AuthorizationManners(speaksFormPost: true)
    let paths = OpenIDPaths(
        authorize: "oauth2/v2.0/authorize", token: "oauth2/v2.0/token", jwks: "discovery/v2.0/keys",
        discovery: "v2.0/.well-known/openid-configuration")

    /// The tenant stands first, but for userinfo, which is another host's.
    func place(of path: String) -> Place? {
        if path == "oidc/userinfo" { return Place(.userinfo) }
        let steps = path.split(separator: "/", maxSplits: 1).map(String.init)
        guard let tenant = steps.first, let rest = steps.last, steps.count == 2 else { return nil }
        let endpoints: [String: Endpoint] = [
            paths.authorize: .authorize, paths.token: .token, paths.jwks: .jwks, paths.discovery: .discovery,
        ]
        return endpoints[rest].map { Place($0, tenant: tenant) }
    }

    /// Where many tenants share an address, discovery names no tenant but its place.
    func issuer(_ visit: Visit, of grant: Grant?) -> String {
        let tenant = Self.shared.contains(visit.tenant) ? "{tenantid}" : visit.tenant
        return "\(visit.base(provider))/\(grant?.persona.tid ?? tenant)/v2.0"
    }

    func peculiarMetadata(_ visit: Visit) -> JSONObject {
        let base = "\(visit.base(provider))/\(visit.tenant)/"
        return [
            "authorization_endpoint": .string(base + paths.authorize), "token_endpoint": .string(base + paths.token),
            "jwks_uri": .string(base + paths.jwks),
            "userinfo_endpoint": .string(visit.base(provider) + "/oidc/userinfo"),
            "response_modes_supported": ["query", "fragment", "form_post"],
        ]
    }

    func profile(of grant: Grant) -> JSONObject {
        var claims = standardClaims(of: grant)
        claims["email_verified"] = nil
        claims["ver"] = "2.0"
        claims["tid"] = .string(grant.persona.tid)
        claims["oid"] = .string(grant.persona.id)
        claims["sub"] = .string("pairwise-" + grant.persona.id)
        return claims.overlaid(with: grant.persona.extra)
    }

    /// Its numbers stand in front of the sentence, and in a list.
    func reply(to refusal: TokenRefusal) -> Reply {
        switch refusal {
        case .malformed(let description): error("invalid_request", 900_144, description)
        case .wrongMediaType: error("invalid_request", 900_144, "The request body must be a form.")
        case .wrongClient: error("invalid_client", 7_000_215, "Invalid client secret provided.", status: 401)
        case .badCode: error("invalid_grant", 70_008, "The provided authorization code is expired or invalid.")
        case .spentCode: error("invalid_grant", 54_005, "OAuth2 Authorization code was already redeemed.")
        case .wrongRedirectURI:
            error("invalid_grant", 500_112, "The reply address does not match the one of the authorization request.")
        case .wrongGrantType: error("unsupported_grant_type", 70_003, "The grant type is not supported.")
        case .denied: error("access_denied", 53_003, "Access has been blocked by Conditional Access policies.")
        case .custom(let code, let description): error(code, 50_000, description)
        }
    }

    private func error(_ code: String, _ number: Int64, _ sentence: String, status: Int = 400) -> Reply {
        .json(
            [
                "error": .string(code), "error_description": .string("AADSTS\(number): \(sentence)"),
                "error_codes": [.integer(number)], "trace_id": "00000000-0000-0000-0000-000000000000",
                "correlation_id": "00000000-0000-0000-0000-000000000000",
            ], status: status)
    }
}

import JSON
import OAuth

/// Google: the paths of its several hosts below one base, the Workspace in `hd`.
struct Google: OpenIDCompany {
    let provider = Provider.google
    let manners = AuthorizationManners()
    let paths = OpenIDPaths(
        authorize: "o/oauth2/v2/auth", token: "token", userinfo: "v1/userinfo", jwks: "oauth2/v3/certs")

    func responseIssuer(_ visit: Visit) -> String? { visit.base(provider) }

    func profile(of grant: Grant) -> JSONObject {
        var claims = standardClaims(of: grant)
        claims["preferred_username"] = nil
        claims["hd"] = grant.persona.hd.map { .string($0) }
        guard grant.scopes.contains("profile"), let name = grant.persona.name else { return claims }
        let names = name.split(separator: " ", maxSplits: 1).map(String.init)
        claims["given_name"] = names.first.map { .string($0) }
        claims["family_name"] = names.count > 1 ? names.last.map { .string($0) } : nil
        return claims
    }

    func reply(to refusal: TokenRefusal) -> Reply {
        switch refusal {
        case .malformed(let description): error("invalid_request", description)
        case .wrongMediaType: error("invalid_request", "Could not parse the body.")
        case .wrongClient: error("invalid_client", "The provided client secret is invalid.", status: 401)
        case .badCode, .spentCode: error("invalid_grant", "Bad Request")
        case .wrongRedirectURI: error("redirect_uri_mismatch", "Bad Request")
        case .wrongGrantType: error("unsupported_grant_type", "Invalid grant_type")
        case .denied: error("access_denied", "Account restricted")
        case .custom(let code, let description): error(code, description)
        }
    }

    func refusalOfAPI(_ refusal: APIRefusal) -> Reply {
        switch refusal {
        case .noToken: error("invalid_request", "Invalid Credentials", status: 401)
        case .denied: error("access_denied", "Request had insufficient authentication scopes.", status: 403)
        case .custom(let code, let description): error(code, description)
        }
    }
}

import JSON
import OAuth

/// An OpenID provider without peculiarities.
struct AnyOpenID: OpenIDCompany {
    let provider = Provider.oidc
    let manners = AuthorizationManners(speaksFormPost: true)
    let paths = OpenIDPaths(authorize: "authorize", token: "token", userinfo: "userinfo", jwks: "jwks")

    func responseIssuer(_ visit: Visit) -> String? { visit.base(provider) }
    func profile(of grant: Grant) -> JSONObject { standardClaims(of: grant) }
}

/// GitLab, its own site or anybody's: no `iss` in its answers, and an ID token that names only who it is for.
struct GitLab: OpenIDCompany {
    let provider = Provider.gitlab
    let manners = AuthorizationManners(scopes: ["openid", "profile", "email", "read_user"])
    let paths = OpenIDPaths(
        authorize: "oauth/authorize", token: "oauth/token", userinfo: "oauth/userinfo", jwks: "oauth/discovery/keys")
    let denial = [
        (name: "error", value: "access_denied"),
        (name: "error_description", value: "The resource owner or authorization server denied the request."),
    ]

    func profile(of grant: Grant) -> JSONObject {
        var claims = standardClaims(of: grant)
        claims["nickname"] = .string(grant.persona.login)
        return claims
    }
}

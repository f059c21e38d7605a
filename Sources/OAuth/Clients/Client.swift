import Cryptography
import JOSE

/// A registered client, RFC 7591 §2. Made by `ClientRegistration` from checked metadata only, so every
/// address in it is one that may be registered (AZ2).
package struct Client: Sendable, Equatable {
    package var id: String
    package var name: String
    package var uri: String?
    package var logoURI: String?
    package var redirectURIs: [String] = []
    package var postLogoutRedirectURIs: [String] = []
    package var grantTypes: [GrantType] = [.authorizationCode]
    package var responseModes: [ResponseMode] = ResponseMode.allCases
    /// Scopes the client may ask for.
    package var scopes: ScopeSet = ["openid", "profile", "email"]
    package var authenticationMethod: ClientAuthenticationMethod = .clientSecretBasic
    /// Digests of the secrets that are valid now: two live side by side during rotation (TK2).
    package var secretDigests: [TokenDigest] = []
    /// Keys of `private_key_jwt`.
    package var keys: [JWK] = []
    package var idTokenAlgorithm: SignatureAlgorithm = .rs256
    package var policy = ClientPolicy()

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }

    package var isConfidential: Bool { authenticationMethod != .none }

    /// D3: public clients always rotate, confidential ones when their registration asks for it.
    package var rotatesRefreshTokens: Bool { !isConfidential || policy.rotatesRefreshTokens }
}

/// What the operator decides for one client, beyond RFC 7591; the `martlet_` members of its file.
package struct ClientPolicy: Sendable, Equatable {
    package enum AccessTokenFormat: String, Sendable, CaseIterable {
        case jwt
        case opaque
    }

    /// First-party clients skip the consent page.
    package var skipsConsent = false
    /// Roles of which a person must hold one; empty: everybody.
    package var requiredRoles: [String] = []
    /// Sign-in methods offered; empty: all that are on.
    package var signInMethods: [String] = []
    /// Origins of browser apps that may read token, userinfo and revocation answers (WB5).
    package var webOrigins: [String] = []
    /// Resource indicators the client may ask for, RFC 8707.
    package var resources: [String] = []
    /// Resource indicators the client itself answers for: it may introspect tokens meant for them (D8).
    package var audience: [String] = []
    /// May introspect every token (D8).
    package var introspectsAll = false
    package var accessTokenFormat: AccessTokenFormat = .jwt
    /// Seconds; `nil`: the server's setting. At most 900 (TK15).
    package var accessTokenLifetime: Int64?
    package var rotatesRefreshTokens = false
    /// Seconds in which the answer to a rotation can be had once more (D3); `nil`: never. At most 10.
    package var refreshGrace: Int64?
    /// D4: a confidential client that sends `nonce` may go without PKCE.
    package var mayOmitPKCE = false
    package var defaultMaxAge: Int64?
    /// Levels of which one is demanded where a request names none, in the order of preference
    /// (OpenID Connect Dynamic Client Registration §2, `default_acr_values`).
    package var defaultLevels: [String] = []
    /// Tells the claims of the granted scopes in the ID token too, for apps that never ask userinfo.
    package var claimsInIDToken = false

    package init() {}
}

/// Grants by their registered names; the `rawValue` is `grant_type`.
package enum GrantType: String, Sendable, CaseIterable {
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case clientCredentials = "client_credentials"
}

/// OAuth 2.0 Multiple Response Type Encoding Practices §2.1 and OAuth 2.0 Form Post Response Mode.
package enum ResponseMode: String, Sendable, CaseIterable {
    case query
    case formPost = "form_post"
}

/// OpenID Connect Core §9; `client_secret_jwt` is left out: it needs the secret in clear.
package enum ClientAuthenticationMethod: String, Sendable, CaseIterable {
    case clientSecretBasic = "client_secret_basic"
    case clientSecretPost = "client_secret_post"
    case privateKeyJWT = "private_key_jwt"
    case none

    /// What an assertion of `private_key_jwt` may be signed with.
    package static let assertionAlgorithms: [SignatureAlgorithm] = [.rs256, .ps256, .es256, .edDSA]
}

import Cryptography
import JOSE
import JSON
import OAuth

/// Apple: the secret is a JWT the client signs, answers come by a form, names come once.
struct Apple: OpenIDCompany {
    let provider = Provider.apple
    let manners = AuthorizationManners(
        scopes: ["openid", "name", "email"], needsScope: false, speaksFormPost: true, needsFormPost: true)
    let paths = OpenIDPaths(authorize: "auth/authorize", token: "auth/token", jwks: "auth/keys")
    let denial = [(name: "error", value: "user_cancelled_authorize")]

    func peculiarMetadata(_ visit: Visit) -> JSONObject {
        [
            "response_modes_supported": ["query", "fragment", "form_post"],
            "scopes_supported": ["openid", "email", "name"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        ]
    }

    /// Unsigned, and only at the first consent.
    func companions(
        of request: Authorization, scopes: [String], persona: Persona, _ visit: Visit
    ) async -> [(name: String, value: String)] {
        guard request.formPost, scopes.contains("name") || scopes.contains("email"),
            await visit.backstage.greet(persona.id)
        else { return [] }
        var user = JSONObject()
        if scopes.contains("name"), let name = persona.name {
            let names = name.split(separator: " ", maxSplits: 1).map(String.init)
            user["name"] = [
                "firstName": .string(names.first ?? ""), "lastName": .string(names.count > 1 ? names.last ?? "" : ""),
            ]
        }
        if scopes.contains("email") { user["email"] = persona.email.map { .string($0) } }
        return [("user", JSONValue.object(user).text)]
    }

    /// Every answer has an ID token, whether `openid` was asked or not; it never has a name, and "true" is a text.
    func profile(of grant: Grant) -> JSONObject {
        var claims = standardClaims(of: grant)
        claims["name"] = nil
        if claims["email"] != nil {
            claims["email_verified"] = grant.persona.isVerified ? "true" : "false"
            let isPrivate = grant.persona.email?.hasSuffix("@privaterelay.appleid.com") ?? false
            claims["is_private_email"] = isPrivate ? "true" : "false"
        }
        return claims.overlaid(with: grant.persona.extra)
    }

    func proveClient(_ visit: Visit, _ form: OAuth.Parameters) async throws {
        guard let key = await visit.backstage.appleKey else { return try visit.proveClient(form, basic: false) }
        guard visit.call.basic == nil, let id = form["client_id"], id.isExactly(visit.house.clientID),
            let secret = form["client_secret"],
            key.accepts(secret, clientID: id, audience: visit.base(provider), at: visit.now)
        else { throw TokenRefusal.wrongClient }
    }

    func reply(to refusal: TokenRefusal) -> Reply {
        switch refusal {
        case .malformed, .wrongMediaType: error("invalid_request")
        case .wrongClient: error("invalid_client")
        case .badCode: error("invalid_grant", "The code has expired or has been revoked.")
        case .spentCode: error("invalid_grant", "The code has already been used.")
        case .wrongRedirectURI: error("invalid_grant", "client_id mismatch or redirect_uri mismatch.")
        case .wrongGrantType: error("unsupported_grant_type")
        case .denied: error("access_denied")
        case .custom(let code, let description): error(code, description)
        }
    }

    private func error(_ code: String) -> Reply { .json(["error": .string(code)], status: 400) }
}

/// The key that a client of Apple signs its secret with, as control was told.
struct AppleClientKey: Sendable {
    /// Six months, the longest that a secret may live.
    static let longest: Int64 = 15_777_000

    let key: JWK
    let team: String?

    init(_ order: JSONObject) throws(BadOrder) {
        guard let value = order["jwk"] else { throw BadOrder("jwk is missing") }
        do throws(JOSEFault) { key = try JWK(value) } catch { throw BadOrder("jwk is no public key: \(error)") }
        guard key.publicKey.type == .p256 else { throw BadOrder("jwk must be of P-256") }
        team = try order.optionalText("team")
    }

    func accepts(_ secret: String, clientID: String, audience: String, at now: Instant) -> Bool {
        guard let token = try? JWS(compact: secret), token.algorithm == .es256, token.isSigned(by: key),
            key.keyID == nil || token.keyID == key.keyID,
            let claims = try? JSONValue(parsing: token.payload).objectValue,
            claims["sub"]?.stringValue == clientID, claims["aud"]?.stringValue == audience,
            let issuer = claims["iss"]?.stringValue, team == nil || team == issuer,
            let issued = claims["iat"]?.integerValue, let expires = claims["exp"]?.integerValue
        else { return false }
        return issued <= now.seconds + 60 && now.seconds < expires && expires <= now.seconds + Self.longest
    }
}

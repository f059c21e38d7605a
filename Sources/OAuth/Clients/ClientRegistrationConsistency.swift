import JSON

/// Whether the members fit together. Each rule keeps silent about members that are at fault already.
extension ClientRegistrationReader {
    mutating func checkGrants(of client: Client) {
        guard isSound("grant_types") else { return }
        let grants = client.grantTypes
        if grants.isEmpty {
            fault(["grant_types"], "grant_types must name at least one grant")
        }
        if grants.contains(.authorizationCode), client.redirectURIs.isEmpty, isSound("redirect_uris") {
            fault(
                path("redirect_uris"), "redirect_uris must hold at least one address for the grant authorization_code")
        }
        if grants.contains(.refreshToken), !grants.contains(.authorizationCode) {
            fault(
                ["grant_types"],
                "the grant refresh_token needs authorization_code, which is where refresh tokens come from")
        }
        if grants.contains(.authorizationCode) { checkOfflineAccess(of: client) }
        if has("martlet_refresh_grace"), !client.rotatesRefreshTokens || !grants.contains(.refreshToken) {
            fault(
                ["martlet_refresh_grace"],
                "martlet_refresh_grace is about refresh tokens that are rotated, and this client's are not")
        }
    }

    /// A refresh token is given for `offline_access` (OpenID Connect Core §11) to a client that may use one;
    /// with half of the two it would silently never come, or be asked of the person in vain.
    private mutating func checkOfflineAccess(of client: Client) {
        guard isSound("scope") else { return }
        switch (client.grantTypes.contains(.refreshToken), client.scopes.contains(ScopeSet.offlineAccess)) {
        case (true, false):
            fault(
                path("scope"),
                "the grant refresh_token needs offline_access in scope, or no refresh token is ever issued")
        case (false, true):
            fault(["scope"], "offline_access in scope needs the grant refresh_token in grant_types")
        case (true, true), (false, false):
            break
        }
    }

    mutating func checkCredentials(of client: Client) {
        let method = "token_endpoint_auth_method"
        guard isSound(method), isSound("martlet_secret_hashes"), isSound("jwks") else { return }
        switch client.authenticationMethod {
        case .clientSecretBasic, .clientSecretPost:
            if client.secretDigests.isEmpty {
                fault(
                    path("martlet_secret_hashes"),
                    "\(client.authenticationMethod.rawValue) needs a secret: "
                        + "`martlet client secret ID add` makes one. An app that cannot keep a secret has \(method) none"
                )
            }
            refuse("jwks", because: "keys are only used with \(method) private_key_jwt")
        case .privateKeyJWT:
            if client.keys.isEmpty {
                fault(path(method), "private_key_jwt needs the public keys of the client in jwks")
            }
            refuse("martlet_secret_hashes", because: "private_key_jwt uses keys, not secrets")
        case .none:
            refuse("jwks", because: "a public client shows no key")
            refuse("martlet_secret_hashes", because: "a public client has no secret")
            checkPublic(client)
        }
    }

    private mutating func checkPublic(_ client: Client) {
        if client.grantTypes.contains(.clientCredentials) {
            fault(path("grant_types"), "a public client cannot use client_credentials: anybody could act in its name")
        }
        if client.policy.mayOmitPKCE {
            fault(["martlet_may_omit_pkce"], "a public client cannot go without PKCE")
        }
        if client.policy.introspectsAll {
            fault(["martlet_introspects_all"], "a public client cannot introspect tokens")
        }
        if object["martlet_rotates_refresh_tokens"]?.boolValue == false {
            fault(["martlet_rotates_refresh_tokens"], "the refresh tokens of a public client are always rotated")
        }
    }

    private mutating func refuse(_ name: String, because reason: String) {
        if has(name) { fault([.key(name)], "\(name) does not belong here: \(reason)") }
    }
}

/// A client on its own behalf, OAuth 2.1 §4.2: confidential clients only, no refresh token (TK18).
package struct ClientCredentialsGrant: TokenGrant {
    let grants: any GrantStore
    let issuer: TokenIssuer

    package init(grants: any GrantStore, issuer: TokenIssuer) {
        self.grants = grants
        self.issuer = issuer
    }

    package var type: GrantType { .clientCredentials }
    package var course: [CheckName] { [.policy, .resource, .scope] }

    package func redeem(_ parameters: Parameters, for client: Client, at now: Instant) async throws -> Redemption {
        guard client.isConfidential else {
            throw OAuthError(
                .unauthorizedClient, "a public client cannot act on its own behalf", .publicOnItsOwn(client))
        }
        let resources = try AudienceRule.resources(parameters, for: client)
        let order = TokenOrder(
            client: client, grant: nil, subject: nil, scopes: try scopes(parameters, client: client),
            audience: try AudienceRule.audience(asked: [], granted: resources, client: client, issuer: issuer.issuer),
            wantsRefreshToken: false, nonce: nil)
        let tokens = try issuer.prepare(order, at: now)
        if let accessToken = tokens.kept.accessToken { try await grants.keep(accessToken) }
        return .prepared(tokens)
    }

    /// The scopes that speak of a person mean nothing here.
    private func scopes(_ parameters: Parameters, client: Client) throws(OAuthError) -> ScopeSet {
        let personal: ScopeSet = ["openid", "profile", "email", "roles", "offline_access"]
        let allowed = client.scopes.subtracting(personal)
        guard let text = parameters["scope"] else { return allowed }
        let asked = try ScopeSet(parsing: text)
        guard asked.isSubset(of: allowed) else {
            throw .invalidScope(
                "scope asks for something this client may not have on its own behalf",
                .scopeUnregistered(asked, allowed: allowed, client))
        }
        return asked
    }
}

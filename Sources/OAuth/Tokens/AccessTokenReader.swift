import JOSE

/// Reads a presented access token of either kind and says whether it is alive now. Nothing is cached:
/// revocation, sign-out and disabling show at once (TK14).
package struct AccessTokenReader: Sendable {
    let issuer: String
    let keys: any KeyRingSource
    let grants: any GrantStore
    let registry: any ClientRegistry

    /// By how many seconds the clocks of two processes on one database may differ: a token made by one of
    /// them is good at the other at once. Its end is not moved by it.
    private static let clockDifference: Int64 = 10

    package init(
        issuer: String, keys: any KeyRingSource, grants: any GrantStore, registry: any ClientRegistry
    ) {
        self.issuer = issuer
        self.keys = keys
        self.grants = grants
        self.registry = registry
    }

    /// The token when it is ours, unexpired and not revoked, and its client is still registered; otherwise `nil`,
    /// without saying why.
    package func live(_ text: String, at now: Instant) async throws -> AccessToken? {
        guard let token = try await read(text, at: now), now < token.expiresAt,
            try await registry.client(token.clientID) != nil,
            try await grants.isLive(
                accessTokenID: token.id, grantID: token.grantID, issuedAt: token.issuedAt, at: now)
        else { return nil }
        return token
    }

    /// The token whether or not it was revoked; for revoking it.
    package func read(_ text: String, at now: Instant) async throws -> AccessToken? {
        if let opaque = OpaqueToken(.accessToken, presented: text) {
            return try await grants.accessToken(opaque.digest).map(AccessToken.init)
        }
        guard let jwt = try await verified(text, at: now),
            (try? jwt.check(issuer: issuer, audience: nil, at: now.seconds, leeway: Self.clockDifference)) != nil
        else { return nil }
        return AccessToken(jwt)
    }

    /// Another process that is in a hurry to rotate may sign by a key that this one, when it is busy, has not seen (OP5).
    private func verified(_ text: String, at now: Instant) async throws -> VerifiedJWT? {
        let verification = JWTVerification(type: .accessToken)
        do {
            return try verification.verify(text, keys: keys.keyRing)
        } catch .unknownKey {
            let newest = try await keys.newestKeyRing(at: now)
            return try? verification.verify(text, keys: newest)
        } catch {
            return nil
        }
    }
}

/// What an access token says, whichever form it has.
package struct AccessToken: Sendable, Equatable {
    package let id: String
    package let grantID: String?
    package let clientID: String
    package let subject: String
    package let scopes: ScopeSet
    package let audience: [String]
    package let issuedAt: Instant
    package let expiresAt: Instant

    init(_ token: OpaqueAccessToken) {
        id = token.id
        grantID = token.grantID
        clientID = token.clientID
        subject = token.subject
        scopes = token.scopes
        audience = token.audience
        issuedAt = token.issuedAt
        expiresAt = token.expiresAt
    }

    /// `nil` when a claim that every one of our tokens has is missing.
    init?(_ jwt: VerifiedJWT) {
        guard let id = jwt.claims["jti"]?.stringValue, let clientID = jwt.claims["client_id"]?.stringValue,
            let subject = jwt.claims["sub"]?.stringValue, let scope = jwt.claims["scope"]?.stringValue,
            let scopes = try? ScopeSet(parsing: scope), let audience = jwt.claims["aud"]?.arrayValue,
            let issued = jwt.claims["iat"]?.integerValue, let expiry = jwt.claims["exp"]?.integerValue
        else { return nil }
        self.id = id
        grantID = AccessTokenID.grantID(of: id)
        self.clientID = clientID
        self.subject = subject
        self.scopes = scopes
        self.audience = audience.compactMap(\.stringValue)
        issuedAt = Instant(seconds: issued)
        expiresAt = Instant(seconds: expiry)
    }
}

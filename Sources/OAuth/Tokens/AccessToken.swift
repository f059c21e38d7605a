import JOSE

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

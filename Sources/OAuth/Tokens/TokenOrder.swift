/// The one order form: every grant ends in one of these and `TokenIssuer` fills it.
package struct TokenOrder: Sendable {
    package let client: Client
    /// `nil` for client credentials.
    package let grant: Grant?
    /// `nil` for client credentials.
    package let subject: Subject?
    package let scopes: ScopeSet
    package let audience: [String]
    package let wantsRefreshToken: Bool
    /// Set for the code exchange only: a refreshed ID token carries none (OpenID Connect Core §12.2).
    package let nonce: String?

    package init(
        client: Client, grant: Grant?, subject: Subject?, scopes: ScopeSet, audience: [String],
        wantsRefreshToken: Bool, nonce: String?
    ) {
        self.client = client
        self.grant = grant
        self.subject = subject
        self.scopes = scopes
        self.audience = audience
        self.wantsRefreshToken = wantsRefreshToken
        self.nonce = nonce
    }

    /// A client's own tokens live in a name space that no person's identifier can reach (TK18).
    var subjectID: String { subject?.id ?? "client:\(client.id)" }
}

/// An order whose chance is drawn and whose traces are ready to be kept, but of which nothing is issued:
/// what must be stored is stored between `prepare` and `issue`.
package struct PreparedTokens: Sendable {
    let order: TokenOrder
    let accessTokenID: String
    let opaqueAccessToken: OpaqueToken?
    let refreshToken: OpaqueToken?
    package let kept: KeptTokens
}

/// A token response, RFC 6749 §5.1.
package struct TokenResponse: Sendable {
    /// The JSON body.
    package let body: [UInt8]
}

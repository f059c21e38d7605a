import OAuth

/// What one consent gave: a code, and the tokens it became.
struct Grant: Sendable {
    static let codeLifetime: Int64 = 600

    let provider: Provider
    let code: String
    var persona: Persona
    var scopes: [String]
    let redirectURI: String
    /// S256 of the verifier (RFC 7636 §4.2), if the client sent one.
    let challenge: String?
    let nonce: String?
    let issuedAt: Instant
    var isSpent = false
    var isRevoked = false
    var accessToken = ""
    var refreshToken = ""
}

/// Refreshing, OAuth 2.1 §4.3, with rotation as decided in D3.
package struct RefreshTokenGrant: TokenGrant {
    let grants: any GrantStore
    let gate: PolicyGate
    let issuer: TokenIssuer
    let audit: any AuditLog
    let lifetimes: TokenLifetimes

    package init(
        grants: any GrantStore, gate: PolicyGate, issuer: TokenIssuer, audit: any AuditLog, lifetimes: TokenLifetimes
    ) {
        self.grants = grants
        self.gate = gate
        self.issuer = issuer
        self.audit = audit
        self.lifetimes = lifetimes
    }

    package var type: GrantType { .refreshToken }

    package func redeem(_ parameters: Parameters, for client: Client, at now: Instant) async throws -> PreparedTokens {
        let presented = try parameters.required("refresh_token")
        guard let secret = OpaqueToken(.refreshToken, presented: presented),
            let token = try await grants.refreshToken(secret.digest), token.grant.clientID == client.id
        else { throw Self.unknown }
        guard token.spentAt == nil else { throw try await reuse(of: token, at: now) }
        guard now < token.idleUntil else { throw Self.unknown }
        let subject = try await gate.subject(of: token.grant, for: client, at: now)
        let tokens = try issuer.prepare(
            try order(parameters, token: token, client: client, subject: subject), at: now)
        guard client.rotatesRefreshTokens else {
            let idleUntil = min(now + lifetimes.refreshIdle, token.grant.expiresAt)
            guard try await grants.use(secret.digest, idleUntil: idleUntil, issuing: tokens.kept, at: now) else {
                throw Self.unknown
            }
            return tokens
        }
        guard try await grants.rotate(secret.digest, issuing: tokens.kept, at: now) else {
            throw try await reuse(of: token, at: now)
        }
        return tokens
    }

    private static let unknown = OAuthError.invalidGrant("refresh_token is unknown, expired or no longer valid")

    /// Scopes and resources may be narrowed for this answer, never widened (TK10).
    private func order(
        _ parameters: Parameters, token: RefreshToken, client: Client, subject: Subject
    ) throws(OAuthError) -> TokenOrder {
        let grant = token.grant
        let scopes =
            try parameters["scope"].map { text throws(OAuthError) in try ScopeSet(parsing: text) } ?? grant.scopes
        guard !scopes.isEmpty, scopes.isSubset(of: grant.scopes) else {
            throw .invalidScope("scope asks for more than was granted")
        }
        let audience = try AudienceRule.audience(
            asked: AudienceRule.resources(parameters, for: client), granted: grant.resources, client: client,
            issuer: issuer.issuer)
        return TokenOrder(
            client: client, grant: grant, subject: subject, scopes: scopes, audience: audience,
            wantsRefreshToken: client.rotatesRefreshTokens, nonce: nil)
    }

    /// A spent token means that two parties hold it: the whole family ends (TK7). A token that stopped
    /// being live for another reason between look-up and spending is merely refused.
    private func reuse(of token: RefreshToken, at now: Instant) async throws -> OAuthError {
        guard let current = try await grants.refreshToken(token.digest), current.spentAt != nil else {
            return Self.unknown
        }
        try await grants.revokeGrant(token.grant.id, at: now)
        audit.record(
            AuditEvent(
                .reuseDetected, subject: token.grant.authentication.subject, clientID: token.grant.clientID,
                details: ["artefact": "refresh_token", "grant": token.grant.id]))
        return Self.unknown
    }
}

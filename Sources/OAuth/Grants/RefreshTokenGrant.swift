/// Refreshing, OAuth 2.1 §4.3, with rotation as decided in D3.
package struct RefreshTokenGrant: TokenGrant {
    let grants: any GrantStore
    let gate: PolicyGate
    let issuer: TokenIssuer
    let audit: any AuditLog
    let lifetimes: TokenLifetimes
    let seal: AnswerSeal

    package init(
        grants: any GrantStore, gate: PolicyGate, issuer: TokenIssuer, audit: any AuditLog, lifetimes: TokenLifetimes,
        seal: AnswerSeal
    ) {
        self.grants = grants
        self.gate = gate
        self.issuer = issuer
        self.audit = audit
        self.lifetimes = lifetimes
        self.seal = seal
    }

    package var type: GrantType { .refreshToken }
    package var course: [CheckName] { [.token, .singleUse, .lifetime, .policy, .scope, .resource] }

    package func redeem(_ parameters: Parameters, for client: Client, at now: Instant) async throws -> Redemption {
        let presented = try parameters.required("refresh_token")
        guard let secret = OpaqueToken(.refreshToken, presented: presented),
            let token = try await grants.refreshToken(secret.digest), token.grant.clientID == client.id
        else { throw Self.unknown(.refreshUnknown) }
        let repetition = Repetition(secret: secret, token: token, parameters: parameters, client: client)
        guard token.spentAt == nil else { return try await again(repetition, at: now) }
        guard now < token.idleUntil else {
            throw Self.unknown(
                .expired("a refresh token", since: token.idleUntil, setting: "lifetimes.refresh_idle"))
        }
        let subject = try await gate.subject(renewing: token.grant, for: client, at: now)
        let tokens = try issuer.prepare(
            try order(parameters, token: token, client: client, subject: subject), at: now)
        guard client.rotatesRefreshTokens else {
            let idleUntil = min(now + lifetimes.refreshIdle, token.grant.expiresAt)
            guard try await grants.use(secret.digest, idleUntil: idleUntil, issuing: tokens.kept, at: now) else {
                throw Self.unknown(.lostRace)
            }
            return .prepared(tokens)
        }
        guard let grace = client.policy.refreshGrace else {
            guard try await grants.rotate(secret.digest, issuing: tokens.kept, at: now) else {
                return try await again(repetition, at: now)
            }
            return .prepared(tokens)
        }
        let response = try issuer.issue(tokens, at: now)
        var kept = tokens.kept
        kept.answer = KeptAnswer(sealed: try seal.close(response, for: repetition), expiresAt: now + grace)
        guard try await grants.rotate(secret.digest, issuing: kept, at: now) else {
            return try await again(repetition, at: now)
        }
        return .answered(response, tokens)
    }

    /// One sentence for every reason: which it was is told to the operator alone.
    private static func unknown(_ finding: Finding) -> OAuthError {
        .invalidGrant("refresh_token is unknown, expired or no longer valid", finding)
    }

    /// A token that has been spent. Within the window a client may have opted into, the same request gets the
    /// same bytes once more, for the first answer may have been lost on its way; otherwise two parties hold
    /// the token (D3, TK8).
    private func again(_ repetition: Repetition, at now: Instant) async throws -> Redemption {
        guard repetition.client.policy.refreshGrace != nil,
            let sealed = try await grants.answer(to: repetition.secret.digest, at: now),
            let response = seal.open(sealed, for: repetition)
        else { throw try await reuse(of: repetition.token, by: repetition.client, at: now) }
        _ = try await gate.subject(renewing: repetition.token.grant, for: repetition.client, at: now)
        return .repeated(response, repetition.token.grant)
    }

    /// Scopes and resources may be narrowed for this answer, never widened (TK10).
    private func order(
        _ parameters: Parameters, token: RefreshToken, client: Client, subject: Subject
    ) throws(OAuthError) -> TokenOrder {
        let grant = token.grant
        let scopes =
            try parameters["scope"].map { text throws(OAuthError) in try ScopeSet(parsing: text) } ?? grant.scopes
        guard !scopes.isEmpty, scopes.isSubset(of: grant.scopes) else {
            throw .invalidScope(
                "scope asks for more than was granted", .scopeNotGranted(scopes, granted: grant.scopes))
        }
        let audience = try AudienceRule.audience(
            asked: AudienceRule.resources(parameters, for: client), granted: grant.resources, client: client,
            issuer: issuer.issuer)
        return TokenOrder(
            client: client, grant: grant, subject: subject, scopes: scopes, audience: audience,
            wantsRefreshToken: client.rotatesRefreshTokens, nonce: nil)
    }

    /// A spent token means that two parties hold it: the whole family ends (TK7). A token that stopped
    /// being live for another reason between look-up and spending is merely refused, and so is one whose family
    /// has ended before: it could otherwise be made to write as often as anybody can send.
    private func reuse(of token: RefreshToken, by client: Client, at now: Instant) async throws -> OAuthError {
        guard let current = try await grants.refreshToken(token.digest), current.spentAt != nil else {
            return Self.unknown(.lostRace)
        }
        guard current.grant.revokedAt == nil, try await grants.endFamily(ofGrant: token.grant.id, at: now) else {
            return Self.unknown(.refreshReplayed)
        }
        audit.record(
            AuditEvent(
                .reuseDetected, by: .caller(client), subject: token.grant.authentication.subject,
                clientID: token.grant.clientID,
                details: ["artefact": "refresh_token", "grant": token.grant.id]))
        return Self.unknown(.refreshReplayed)
    }
}

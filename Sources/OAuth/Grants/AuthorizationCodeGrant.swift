import Cryptography
import JSON

/// Exchanging an authorization code, OAuth 2.1 §4.1.3.
package struct AuthorizationCodeGrant: TokenGrant {
    let grants: any GrantStore
    let gate: PolicyGate
    let issuer: TokenIssuer
    let audit: any AuditLog

    package init(grants: any GrantStore, gate: PolicyGate, issuer: TokenIssuer, audit: any AuditLog) {
        self.grants = grants
        self.gate = gate
        self.issuer = issuer
        self.audit = audit
    }

    package var type: GrantType { .authorizationCode }
    package var course: [CheckName] {
        [.token, .lifetime, .redirectAddress, .proofKey, .singleUse, .policy, .resource]
    }

    /// A stranger cannot burn a code (it is proven before it is spent), and a crash between spending and
    /// signing costs a retry of the sign-in, never a replay.
    package func redeem(_ parameters: Parameters, for client: Client, at now: Instant) async throws -> Redemption {
        let presented = try parameters.required("code")
        guard let token = OpaqueToken(.authorizationCode, presented: presented),
            let code = try await grants.code(token.digest)
        else { throw Self.unknown(.codeUnknown) }
        try prove(code, parameters, client: client, at: now)
        guard code.spentAt == nil else { throw try await replay(of: code, by: client, at: now) }
        let subject = try await gate.subject(of: code.grant, for: client, at: now)
        let audience = try AudienceRule.audience(
            asked: AudienceRule.resources(parameters, for: client), granted: code.grant.resources, client: client,
            issuer: issuer.issuer)
        let order = TokenOrder(
            client: client, grant: code.grant, subject: subject, scopes: code.grant.scopes, audience: audience,
            wantsRefreshToken: code.grant.isOffline && client.grantTypes.contains(.refreshToken),
            nonce: code.grant.nonce)
        let tokens = try issuer.prepare(order, at: now)
        guard try await grants.redeem(token.digest, issuing: tokens.kept, at: now) else {
            throw try await replay(of: code, by: client, at: now)
        }
        return .prepared(tokens)
    }

    /// One sentence for every reason: which it was is told to the operator alone.
    private static func unknown(_ finding: Finding) -> OAuthError {
        .invalidGrant("code is unknown, expired or already used", finding)
    }

    /// One mismatch at a time is enough to refuse (AZ9).
    private func prove(_ code: AuthorizationCode, _ parameters: Parameters, client: Client, at now: Instant)
        throws(OAuthError)
    {
        guard code.grant.clientID == client.id else { throw Self.unknown(.codeOfAnother(code.grant.clientID)) }
        guard now < code.expiresAt else {
            throw Self.unknown(.expired("a code", since: code.expiresAt, setting: "lifetimes.authorization_code"))
        }
        let address = parameters["redirect_uri"]
        guard address != nil || !code.redirectURIWasSent else {
            throw .invalidGrant("redirect_uri is missing", .exchangeRedirect(nil, sentTo: code.redirectURI))
        }
        guard address?.isExactly(code.redirectURI) ?? true else {
            throw .invalidGrant(
                "redirect_uri is not the one the code was sent to",
                .exchangeRedirect(address, sentTo: code.redirectURI))
        }
        try ProofKey.check(verifier: parameters["code_verifier"], against: code.codeChallenge)
    }

    /// A second exchange with every proof right means that the code leaked: what was issued for it dies
    /// (OAuth 2.1 §4.1.3, AZ11). An invalid replay never gets here and kills nothing. What is dead already is not
    /// killed and recorded again: whoever holds the code could otherwise write as often as they can send.
    private func replay(
        of code: AuthorizationCode, by client: Client, at now: Instant
    ) async throws -> OAuthError {
        guard let current = try await grants.code(code.digest), current.spentAt != nil else {
            return Self.unknown(.lostRace)
        }
        guard current.grant.revokedAt == nil,
            try await grants.revokeGrant(code.grant.id, because: .codeReused, at: now)
        else { return Self.unknown(.codeReplayed) }
        audit.record(
            AuditEvent(
                .reuseDetected, by: .caller(client), subject: code.grant.authentication.subject,
                clientID: code.grant.clientID,
                details: ["artefact": "authorization_code", "grant": code.grant.id]))
        return Self.unknown(.codeReplayed)
    }
}

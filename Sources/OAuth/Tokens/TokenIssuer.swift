import Cryptography
import JOSE
import JSON

/// The one mint, RFC 6749 §5.1: access token (RFC 9068 or opaque), ID token, refresh token.
package struct TokenIssuer: Sendable {
    package let issuer: String
    let keys: any KeyRingSource
    let random: any RandomSource
    let lifetimes: TokenLifetimes
    /// D5: access tokens are ES256 unless the settings say otherwise.
    let accessTokenAlgorithm: SignatureAlgorithm

    package init(
        issuer: String, keys: any KeyRingSource, random: any RandomSource, lifetimes: TokenLifetimes,
        accessTokenAlgorithm: SignatureAlgorithm
    ) {
        self.issuer = issuer
        self.keys = keys
        self.random = random
        self.lifetimes = lifetimes
        self.accessTokenAlgorithm = accessTokenAlgorithm
    }

    /// Draws identifiers and says what must be kept.
    package func prepare(_ order: TokenOrder, at now: Instant) throws -> PreparedTokens {
        let id = try AccessTokenID.make(grant: order.grant?.id, from: random)
        let opaque =
            order.client.policy.accessTokenFormat == .opaque ? try OpaqueToken(.accessToken, from: random) : nil
        let refresh = order.wantsRefreshToken ? try OpaqueToken(.refreshToken, from: random) : nil
        var kept = KeptTokens()
        if let opaque {
            kept.accessToken = OpaqueAccessToken(
                digest: opaque.digest, id: id, grantID: order.grant?.id, clientID: order.client.id,
                subject: order.subjectID, scopes: order.scopes, audience: order.audience, issuedAt: now,
                expiresAt: now + lifetime(of: order, at: now))
        }
        if let refresh, let grant = order.grant {
            kept.refreshToken = RefreshToken(
                digest: refresh.digest, grant: grant, issuedAt: now,
                idleUntil: min(now + lifetimes.refreshIdle, grant.expiresAt))
        }
        return PreparedTokens(
            order: order, accessTokenID: id, opaqueAccessToken: opaque, refreshToken: refresh, kept: kept)
    }

    /// Signs and writes the response. `refreshToken` repeats one that is not rotated.
    package func issue(_ tokens: PreparedTokens, at now: Instant) throws -> TokenResponse {
        let lifetime = lifetime(of: tokens.order, at: now)
        let accessToken = try accessToken(tokens, at: now, lifetime: lifetime)
        var json = JSONWriter()
        json.beginObject()
        json.key("access_token")
        json.string(accessToken)
        json.key("token_type")
        json.string("Bearer")
        json.key("expires_in")
        json.integer(lifetime)
        json.key("scope")
        json.string(tokens.order.scopes.description)
        if let refresh = tokens.refreshToken {
            json.key("refresh_token")
            json.string(refresh.plaintext)
        }
        if let grant = tokens.order.grant, let subject = tokens.order.subject,
            tokens.order.scopes.contains(ScopeSet.openid)
        {
            json.key("id_token")
            json.string(
                try idToken(for: tokens.order, grant: grant, subject: subject, accessToken: accessToken, at: now))
        }
        json.endObject()
        return TokenResponse(body: json.bytes)
    }

    /// As registered or set, but never beyond the end of the grant: whoever checks a signature alone does not
    /// hear of it (TK9).
    private func lifetime(of order: TokenOrder, at now: Instant) -> Int64 {
        let lifetime = lifetimes.accessToken(for: order.client)
        return order.grant.map { min(lifetime, $0.expiresAt.seconds(since: now)) } ?? lifetime
    }

    private func accessToken(_ tokens: PreparedTokens, at now: Instant, lifetime: Int64) throws -> String {
        if let opaque = tokens.opaqueAccessToken { return opaque.plaintext }
        let claims = AccessTokenClaims(tokens, issuer: issuer, issuedAt: now, expiresAt: now + lifetime)
        return try JWT.signed(claims: claims.json, type: .accessToken, by: try key(accessTokenAlgorithm))
    }

    private func idToken(
        for order: TokenOrder, grant: Grant, subject: Subject, accessToken: String, at now: Instant
    ) throws -> String {
        let key = try key(order.client.idTokenAlgorithm)
        let claims = IDTokenClaims(
            order: order, grant: grant, subject: subject, accessToken: accessToken, algorithm: key.algorithm,
            issuer: issuer, issuedAt: now, expiresAt: now + lifetimes.idToken)
        return try JWT.signed(claims: claims.json, type: .idToken, by: key)
    }

    private func key(_ algorithm: SignatureAlgorithm) throws -> SigningKey {
        guard let key = keys.keyRing.signingKey(algorithm) else {
            throw OAuthError(
                .serverError, "there is no key for the algorithm this client is registered with",
                .keyMissing(algorithm.rawValue))
        }
        return key
    }
}

/// `jti`: the grant's id and chance, so that a token leads to its grant without a claim of its own.
package enum AccessTokenID {
    static func make(grant: String?, from random: some RandomSource) throws -> String {
        "\(grant ?? "").\(try Identifier.make(from: random))"
    }

    package static func grantID(of id: String) -> String? {
        guard let dot = id.firstIndex(of: "."), dot != id.startIndex else { return nil }
        return String(id[..<dot])
    }
}

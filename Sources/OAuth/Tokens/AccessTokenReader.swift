import JOSE

/// Reads a presented access token of either kind and says whether it is alive now. That is never remembered:
/// revocation, sign-out and disabling show at once (TK14). Only that a signature was good is, for a while.
package struct AccessTokenReader: Sendable {
    let issuer: String
    let keys: any KeyRingSource
    let grants: any GrantStore
    let registry: any ClientRegistry
    private let verifiedLately: VerifiedTokens
    private static let verification = JWTVerification(type: .accessToken)

    /// By how many seconds the clocks of two processes on one database may differ: a token made by one of
    /// them is good at the other at once. Its end is not moved by it.
    private static let clockDifference: Int64 = 10

    package init(
        issuer: String, keys: any KeyRingSource, grants: any GrantStore, registry: any ClientRegistry
    ) {
        self.init(issuer: issuer, keys: keys, grants: grants, registry: registry, remembering: VerifiedTokens())
    }

    init(
        issuer: String, keys: any KeyRingSource, grants: any GrantStore, registry: any ClientRegistry,
        remembering verified: VerifiedTokens
    ) {
        self.issuer = issuer
        self.keys = keys
        self.grants = grants
        self.registry = registry
        verifiedLately = verified
    }

    /// The token when it is ours, unexpired and not revoked, and its client is still registered; otherwise `nil`,
    /// without saying why.
    package func live(_ text: String, at now: Instant) async throws -> AccessToken? {
        try await liveWithStanding(text, at: now)?.token
    }

    /// The same, with what is stored behind it.
    func liveWithStanding(_ text: String, at now: Instant) async throws -> (
        token: AccessToken, standing: AccessTokenStanding
    )? {
        guard let token = try await unexpired(text, at: now),
            let standing = try await grants.standing(
                ofAccessToken: token.id, grantID: token.grantID, issuedAt: token.issuedAt, at: now)
        else { return nil }
        return (token, standing)
    }

    /// The token when it is ours and unexpired and its client is still registered, whether or not it was revoked: for
    /// whoever asks what it stands on by themselves.
    func unexpired(_ text: String, at now: Instant) async throws -> AccessToken? {
        guard let token = try await read(text, at: now), now < token.expiresAt,
            try await registry.client(token.clientID) != nil
        else { return nil }
        return token
    }

    /// The token whether or not it was revoked; for revoking it.
    package func read(_ text: String, at now: Instant) async throws -> AccessToken? {
        if let opaque = OpaqueToken(.accessToken, presented: text) {
            return try await grants.accessToken(opaque.digest).map(AccessToken.init)
        }
        guard let entry = try await verified(text, at: now),
            (try? entry.jwt.check(issuer: issuer, audience: nil, at: now.seconds, leeway: Self.clockDifference)) != nil
        else { return nil }
        return entry.token
    }

    private func verified(_ text: String, at now: Instant) async throws -> VerifiedTokens.Entry? {
        let digest = VerifiedTokens.digest(of: text)
        if let entry = verifiedLately.entry(digest, keys: keys.keyRing) { return entry }
        guard let jwt = try await verify(text, at: now), let token = AccessToken(jwt) else { return nil }
        let entry = VerifiedTokens.Entry(jwt: jwt, token: token)
        verifiedLately.keep(entry, digest, length: text.utf8.count)
        return entry
    }

    /// Another process that is in a hurry to rotate may sign by a key that this one, when it is busy, has not seen (OP5).
    private func verify(_ text: String, at now: Instant) async throws -> VerifiedJWT? {
        do {
            return try Self.verification.verify(text, keys: keys.keyRing)
        } catch .unknownKey {
            let newest = try await keys.newestKeyRing(at: now)
            return try? Self.verification.verify(text, keys: newest)
        } catch {
            return nil
        }
    }
}

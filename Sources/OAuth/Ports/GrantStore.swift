/// Grants and what hangs from them: codes, refresh tokens, access tokens.
package protocol GrantStore: Sendable {
    /// The code with its grant as it stands, spent or not; `nil` when never issued or swept.
    func code(_ digest: TokenDigest) async throws -> AuthorizationCode?

    /// Spends a live, unspent code of a live grant and keeps what is issued for it, in one step. Atomic:
    /// of any number of simultaneous calls exactly one gets `true`; the others write nothing.
    func redeem(_ code: TokenDigest, issuing tokens: KeptTokens, at now: Instant) async throws -> Bool

    /// The refresh token with its grant as it stands, spent or not.
    func refreshToken(_ digest: TokenDigest) async throws -> RefreshToken?

    /// Spends a live refresh token of a live grant and keeps its successor, in one step. Atomic: exactly
    /// one of any number of simultaneous calls gets `true`; the others write nothing.
    func rotate(_ token: TokenDigest, issuing tokens: KeptTokens, at now: Instant) async throws -> Bool

    /// Uses a refresh token that is not rotated: moves its idle end and keeps what is issued. `false`
    /// when token or grant are no longer live.
    func use(
        _ token: TokenDigest, idleUntil: Instant, issuing tokens: KeptTokens, at now: Instant
    ) async throws -> Bool

    /// The sealed answer that was kept when this refresh token was rotated; `nil` once its time is over, its
    /// grant has ended, or its successor has been used (D3).
    func answer(to spent: TokenDigest, at now: Instant) async throws -> [UInt8]?

    /// Ends the grant of a refresh token that came back after it was spent, and leaves its person a notice, in
    /// one step (TK7). `false`, and no notice, when it had ended before: of any number of calls one gets `true`.
    func endFamily(ofGrant id: String, at now: Instant) async throws -> Bool

    /// Keeps an opaque access token that hangs from no grant (client credentials).
    func keep(_ token: OpaqueAccessToken) async throws

    func accessToken(_ digest: TokenDigest) async throws -> OpaqueAccessToken?

    /// Ends the grant: its codes, refresh tokens and access tokens are dead when this returns. `false` when it had
    /// ended before; why it ended first is what stays.
    @discardableResult
    func revokeGrant(_ id: String, because ending: Grant.Ending, at now: Instant) async throws -> Bool

    /// Ends every grant a person gave a client, and the remembered consent (SE12).
    func revokeGrants(of subject: String, to clientID: String, at now: Instant) async throws

    /// Ends one access token by its id, until it would have expired anyway.
    func revokeAccessToken(id: String, until expiry: Instant, at now: Instant) async throws

    /// What an access token stands on, if it is alive by what is stored: its id not revoked, its grant (if it has one)
    /// not revoked or expired, the person active; and issued since the database was last restored (OP3). One look-up.
    func standing(
        ofAccessToken id: String, grantID: String?, issuedAt: Instant, at now: Instant
    ) async throws -> AccessTokenStanding?

    func grant(_ id: String) async throws -> Grant?

    /// Live grants that outlast their sessions, latest first: what a person sees and can end (SE7).
    func offlineGrants(of subject: String, at now: Instant) async throws -> [Grant]
}

/// What an access token that is alive stands on.
package struct AccessTokenStanding: Sendable, Equatable {
    /// Of its grant; `nil` for one that hangs from none (client credentials).
    package let authentication: Authentication?

    package init(authentication: Authentication?) { self.authentication = authentication }
}

extension GrantStore {
    package func isLive(
        accessTokenID: String, grantID: String?, issuedAt: Instant, at now: Instant
    ) async throws -> Bool {
        try await standing(ofAccessToken: accessTokenID, grantID: grantID, issuedAt: issuedAt, at: now) != nil
    }
}

/// What a token request leaves behind in storage; self-contained tokens leave nothing.
package struct KeptTokens: Sendable, Equatable {
    package var refreshToken: RefreshToken?
    package var accessToken: OpaqueAccessToken?
    /// Only with a rotation.
    package var answer: KeptAnswer?

    package init(
        refreshToken: RefreshToken? = nil, accessToken: OpaqueAccessToken? = nil, answer: KeptAnswer? = nil
    ) {
        self.refreshToken = refreshToken
        self.accessToken = accessToken
        self.answer = answer
    }
}

/// A token response that may be asked for once more, because it may never have arrived (D3, TK8).
package struct KeptAnswer: Sendable, Equatable {
    package let sealed: [UInt8]
    package let expiresAt: Instant

    package init(sealed: [UInt8], expiresAt: Instant) {
        self.sealed = sealed
        self.expiresAt = expiresAt
    }
}

/// A refresh token as it is kept, RFC 6749 §6.
package struct RefreshToken: Sendable, Equatable {
    package let digest: TokenDigest
    package let grant: Grant
    package let issuedAt: Instant
    /// Idle end; the absolute end is the grant's.
    package let idleUntil: Instant
    package let spentAt: Instant?

    package init(digest: TokenDigest, grant: Grant, issuedAt: Instant, idleUntil: Instant, spentAt: Instant? = nil) {
        self.digest = digest
        self.grant = grant
        self.issuedAt = issuedAt
        self.idleUntil = idleUntil
        self.spentAt = spentAt
    }
}

/// An opaque access token as it is kept: what a self-contained one would carry inside.
package struct OpaqueAccessToken: Sendable, Equatable {
    package let digest: TokenDigest
    package let id: String
    package let grantID: String?
    package let clientID: String
    package let subject: String
    package let scopes: ScopeSet
    package let audience: [String]
    package let issuedAt: Instant
    package let expiresAt: Instant

    package init(
        digest: TokenDigest, id: String, grantID: String?, clientID: String, subject: String, scopes: ScopeSet,
        audience: [String], issuedAt: Instant, expiresAt: Instant
    ) {
        self.digest = digest
        self.id = id
        self.grantID = grantID
        self.clientID = clientID
        self.subject = subject
        self.scopes = scopes
        self.audience = audience
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// What a person (or nobody, for client credentials) allowed a client: everything issued hangs from it,
/// so that a replayed code, a reused refresh token, a sign-out or a withdrawn consent ends one id.
package struct Grant: Sendable, Equatable {
    package let id: String
    package let clientID: String
    package let authentication: Authentication
    package let scopes: ScopeSet
    /// Resource indicators the person agreed to, RFC 8707; empty means the default audience.
    package let resources: [String]
    /// Echoed in the ID token of the code exchange only.
    package let nonce: String?
    /// The `claims` request parameter as sent, already validated; OpenID Connect Core §5.5.
    package let claimsRequest: String?
    package let createdAt: Instant
    /// Absolute end of everything issued from it; rotation never extends it (TK9).
    package let expiresAt: Instant
    package let revokedAt: Instant?
    /// Why it was revoked; `nil` also where that was not yet kept.
    package let ending: Ending?

    package init(
        id: String, clientID: String, authentication: Authentication, scopes: ScopeSet, resources: [String],
        nonce: String?, claimsRequest: String?, createdAt: Instant, expiresAt: Instant, revokedAt: Instant? = nil,
        ending: Ending? = nil
    ) {
        self.id = id
        self.clientID = clientID
        self.authentication = authentication
        self.scopes = scopes
        self.resources = resources
        self.nonce = nonce
        self.claimsRequest = claimsRequest
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.ending = ending
    }

    /// With `offline_access` a grant outlives the session it came from (OpenID Connect Core §11).
    package var isOffline: Bool { scopes.contains(ScopeSet.offlineAccess) }
    package func isLive(at now: Instant) -> Bool { revokedAt == nil && now < expiresAt }

    /// Why a grant ended before its time.
    package enum Ending: String, Sendable, CaseIterable {
        /// AZ11
        case codeReused = "code_reused"
        /// TK7
        case refreshTokenReused = "refresh_token_reused"
        /// By signing out, or from another browser.
        case sessionEnded = "session_ended"
        /// By the person, under `/account`.
        case accessTakenAway = "access_taken_away"
        /// RFC 7009
        case revokedByClient = "revoked_by_client"
        case accountDisabled = "account_disabled"
        /// By whoever runs the server, the account staying as it is.
        case endedByOperator = "ended_by_operator"
        /// By changing the password or the address, with whatever else was open elsewhere.
        case credentialsChanged = "credentials_changed"
        /// By a new password for a forgotten one, or by taking back a change of address.
        case accountRecovered = "account_recovered"
        case clientRemoved = "client_removed"
    }
}

/// How long things live, in seconds; D9 gives the defaults.
package struct TokenLifetimes: Sendable, Equatable {
    package var accessToken: Int64 = 600
    package var idToken: Int64 = 600
    package var authorizationCode: Int64 = 60
    package var pendingAuthorization: Int64 = 3600
    /// A refresh token unused for this long is dead (TK9).
    package var refreshIdle: Int64 = 30 * 86_400
    /// And none outlives this, however often it is rotated.
    package var refreshAbsolute: Int64 = 180 * 86_400
    /// A grant without `offline_access` ends with its session, and here at the latest.
    package var onlineGrant: Int64 = 86_400

    package init() {}

    func grant(isOffline: Bool) -> Int64 { isOffline ? refreshAbsolute : onlineGrant }

    /// TK15: whatever a registration asks for, an access token lives at most 15 minutes.
    package func accessToken(for client: Client) -> Int64 {
        min(client.policy.accessTokenLifetime ?? accessToken, 900)
    }

    /// The longest time a signature made now may still have to be verified.
    package var longestToken: Int64 { max(900, idToken) }
}

import OAuth

/// How often a username may be asked for. That one is taken is said, for usernames are public; so every wish counts, before
/// it is answered and whatever the answer, or the names of everybody could be listed (IN9).
package enum UsernameLimits {
    /// By somebody signed in.
    package static let account = ThrottleLimit("username-account", attempts: 10, window: 3600)
    /// From one network, signed in or signing up.
    package static let network = ThrottleLimit("username-network", attempts: 60, window: 3600)
}

extension Throttle {
    /// The narrowest first.
    package func wishForUsername(
        by accountID: String?, from network: ClientNetwork, at now: Instant
    ) async throws -> Decision {
        let own = accountID.map { [lane(UsernameLimits.account, Array($0.utf8))] } ?? []
        return try await admit(own + [lane(UsernameLimits.network, Array(network.prefix.utf8))], at: now)
    }
}

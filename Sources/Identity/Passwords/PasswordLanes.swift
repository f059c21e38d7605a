import OAuth

/// In which lanes somebody may try passwords (PW7-PW9).
///
/// A browser that the person has signed in with before has a lane to itself: strangers, however many, cannot
/// fill it. Everybody else shares lanes by network, and all of them together one lane a day.
package struct PasswordLanes: Sendable {
    /// Ten attempts in a quarter of an hour for each pair; at most a hundred a day on one account from
    /// wherever no known browser is (NIST SP 800-63B-4 §3.2.2).
    package struct Limits: Sendable {
        package var knownBrowser = ThrottleLimit("password-browser", attempts: 10, window: 900)
        package var network = ThrottleLimit("password-account-network", attempts: 10, window: 900)
        package var anyNetwork = ThrottleLimit("password-network", attempts: 60, window: 900)
        package var account = ThrottleLimit("password-account", attempts: 100, window: 86400)

        package init() {}
    }

    private let limits: Limits
    private let throttle: Throttle

    package init(throttle: Throttle, limits: Limits = Limits()) {
        self.throttle = throttle
        self.limits = limits
    }

    /// The lanes of an attempt, narrowest first; only the first is the person's own. The account-wide one comes
    /// last: an attempt that its network refuses takes nothing from the account.
    func lanes(of attempt: PasswordAttempt, knownBrowser: Bool) -> [ThrottleLane] {
        let account = Array((EmailAddress(attempt.email)?.canonical ?? attempt.email).utf8)
        guard !knownBrowser else {
            return [throttle.lane(limits.knownBrowser, account, attempt.browser.bytes)]
        }
        let network = Array(attempt.network.prefix.utf8)
        return [
            throttle.lane(limits.network, account, network),
            throttle.lane(limits.anyNetwork, network),
            throttle.lane(limits.account, account),
        ]
    }

    func admit(_ lanes: [ThrottleLane], at now: Instant) async throws -> Throttle.Decision {
        try await throttle.admit(lanes, at: now)
    }

    /// After a success: the person's own lane is forgotten, and no other (PW8). Were the network's forgotten as
    /// well, anybody with an account could guess at others without end; it only gets this attempt back, so that
    /// an office where everybody signs in at nine is no attack.
    func succeed(in lanes: [ThrottleLane], at now: Instant) async throws {
        try await throttle.succeed(in: lanes, at: now)
    }
}

import OAuth

/// What is counted for captchas: failed sign-ins, and forms that came without a script.
///
/// An address is counted as typed, whether somebody has it or not (PW10). Failures are counted after they happened: of attempts sent at once as many pass as
/// the lanes of passwords let through (PW7), which count before.
struct CaptchaLanes: Sendable {
    private static let quarter: Int64 = 900

    private let throttle: Throttle
    private let failures: Int64

    init(throttle: Throttle, failures: Int) {
        self.throttle = throttle
        self.failures = Int64(failures)
    }

    enum Found: Sendable {
        case nothing
        /// Many failures of this browser or its network.
        case here
        /// Many failures of the address alone, from elsewhere.
        case elsewhere
    }

    func failures(_ place: CaptchaPlace, at now: Instant) async throws -> Found {
        let counts = try await throttle.attempts(in: lanes(place), at: now)
        if counts.prefix(2).contains(where: { $0 >= failures }) { return .here }
        return counts.contains { $0 >= failures } ? .elsewhere : .nothing
    }

    func note(_ place: CaptchaPlace, at now: Instant) async throws {
        try await throttle.note(lanes(place), at: now)
    }

    /// After a success: of the browser alone. The network's and the address's failures may be somebody else's (PW8).
    func clear(_ place: CaptchaPlace) async throws {
        guard let own = lanes(place).first else { return }
        try await throttle.clear(own)
    }

    private func lanes(_ place: CaptchaPlace) -> [ThrottleLane] {
        let address = place.address.map { throttle.lane(limit("address"), EmailAddress($0)?.canonical ?? $0) }
        return [
            throttle.lane(limit("browser"), place.browser.bytes),
            throttle.lane(limit("network"), Array(place.network.prefix.utf8)),
        ] + (address.map { [$0] } ?? [])
    }

    private func limit(_ name: String) -> ThrottleLimit {
        ThrottleLimit("captcha-" + name, attempts: failures, window: Self.quarter)
    }

    /// How often a form may come without a script: so seldom that it is no way for robots, from one network and from
    /// all of them together. The narrow lane comes first, so that one network cannot use up everybody's.
    func withoutScript(_ place: CaptchaPlace, at now: Instant) async throws -> Throttle.Decision {
        let form = Array(place.form.rawValue.utf8)
        return try await throttle.admit(
            [
                throttle.lane(Self.ofNetwork, form, Array(place.network.prefix.utf8)), throttle.lane(Self.ofAll, form),
            ], at: now)
    }

    /// How often a provider is asked for one network: each question holds a connection for up to five seconds.
    func asking(_ place: CaptchaPlace, at now: Instant) async throws -> Throttle.Decision {
        try await throttle.admit([throttle.lane(Self.ofProvider, Array(place.network.prefix.utf8))], at: now)
    }

    package static let ofProvider = ThrottleLimit("captcha-provider-network", attempts: 300, window: quarter)
    package static let ofNetwork = ThrottleLimit("captcha-without-network", attempts: 5, window: quarter)
    package static let ofAll = ThrottleLimit("captcha-without-all", attempts: 60, window: 3600)
}

extension Throttle {
    fileprivate func lane(_ limit: ThrottleLimit, _ address: String) -> ThrottleLane {
        lane(limit, Array(address.utf8))
    }
}

import JSON
import OAuth

/// How often mail may be asked for, and codes be tried (ML7-ML8, PW9). Over a limit the page stays the same, and no mail
/// goes.
package struct MailLanes: Sendable {
    package struct Limits: Sendable {
        package var pause = ThrottleLimit("mail-pause", attempts: 1, window: 30)
        /// A browser the person has signed in with has a lane to itself, for mail to the person's own address: strangers
        /// cannot fill it (PW9).
        package var knownBrowser = ThrottleLimit("mail-browser", attempts: 5, window: 3600)
        /// A class that signs up together is one network: its server allows more.
        package var network = ThrottleLimit("mail-network", attempts: 20, window: 3600)
        /// What one network may ask of one address whatever others ask of it, so that strangers cannot keep a person's
        /// mail away by asking for it all day (PW9); and what all such reserves come to, so that a mailbox is not
        /// buried by somebody with many networks (ML7).
        package var reserve = ThrottleLimit("mail-reserve", attempts: 3, window: 3600)
        package var reserves = ThrottleLimit("mail-reserves", attempts: 10, window: 3600)
        /// What there is for everybody who has no reserve any more: a mail every half hour. With its reserve, one
        /// network has five mails an hour sent to an address.
        package var address = ThrottleLimit("mail-address", attempts: 1, window: 1800)
        /// Mail that a person has sent to other addresses than their own, to whichever.
        package var account = ThrottleLimit("mail-account", attempts: 5, window: 3600)
        /// All mail that anybody asks for but people in their own browsers for themselves: far more than an honest hour,
        /// far less than ruins the sender's name.
        package var everybody = ThrottleLimit("mail-everybody", attempts: 3000, window: 3600)
        /// All mail that people of one app ask for, without a browser that is known.
        package var client = ThrottleLimit("mail-client", attempts: 100, window: 3600)
        package var codes = ThrottleLimit("mail-code", attempts: 10, window: 3600)

        package init() {}
    }

    private let limits: Limits
    private let throttle: Throttle

    package init(throttle: Throttle, limits: Limits = Limits()) {
        self.throttle = throttle
        self.limits = limits
    }

    /// Addresses are counted as `EmailAddress.counted` folds them (ML7).
    ///
    /// The network comes before the address: one network over its limit fills nobody's lane. That a browser is known
    /// counts for the account's own address alone, or whoever has an account could have mail sent to everybody.
    func admit(
        _ request: MailProofs.Request, from visitor: (browser: TokenDigest, network: ClientNetwork, isKnown: Bool),
        at now: Instant
    ) async throws -> Throttle.Decision {
        let address = Array("\(request.purpose.rawValue) \(request.address.counted)".utf8)
        let (browser, network) = (visitor.browser.bytes, Array(visitor.network.prefix.utf8))
        let pause = throttle.lane(limits.pause, address, browser)
        let isOwn = request.account?.email.canonical.isExactly(request.address.canonical) ?? false
        guard !(visitor.isKnown && isOwn) else {
            return try await throttle.admit([pause, throttle.lane(limits.knownBrowser, address, browser)], at: now)
        }
        var own = [pause]
        if let account = request.account, !isOwn { own.append(throttle.lane(limits.account, Array(account.id.utf8))) }
        own.append(throttle.lane(limits.network, network))
        if let client = request.client { own.append(throttle.lane(limits.client, Array(client.utf8))) }
        if case .refused(let lane, let seconds) = try await throttle.admit(own, at: now) {
            return .refused(by: lane, retryAfter: seconds)
        }
        let reserve = [throttle.lane(limits.reserve, address, network), throttle.lane(limits.reserves, address)]
        if case .refused = try await throttle.admit(reserve, at: now) {
            let rest = try await throttle.admit([throttle.lane(limits.address, address)], at: now)
            guard rest == .admitted else { return rest }
        }
        return try await throttle.admit([throttle.lane(limits.everybody)], at: now)
    }

    /// A lane for each address beside the tries of each code; a browser that the person has signed in with has its own,
    /// which strangers cannot fill (PW9).
    func admit(codeFor awaited: MailProof, isKnown: Bool, at now: Instant) async throws -> Throttle.Decision {
        let (purpose, address) = (Array(awaited.purpose.rawValue.utf8), Array(awaited.address.counted.utf8))
        let lane =
            isKnown
            ? throttle.lane(limits.codes, purpose, address, awaited.browser.bytes)
            : throttle.lane(limits.codes, purpose, address)
        return try await throttle.admit([lane], at: now)
    }
}

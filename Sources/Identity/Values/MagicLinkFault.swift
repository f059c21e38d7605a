import OAuth

/// Why a link or a code signed nobody in. The raw value is its name in the figures and in the record; the person sees
/// one page for all that are dead (B004).
package enum MagicLinkFault: String, Sendable, CaseIterable {
    case reused
    case expired
    /// A newer one, a sign-in, a new password or address, or the end of all sessions took its place (ML4).
    case superseded
    /// In a browser or from an address that did not ask for it.
    case noBrowser = "no_browser"
    case wrongCode = "wrong_code"
    case locked
    /// Links are not, or no longer, for this person.
    case gate
    case unknown

    /// Opening mail on a phone is nobody's fault, nor is a code mistyped; what fails otherwise is worth a look (B148).
    package var isOrdinary: Bool { self == .noBrowser || self == .wrongCode }
}

/// What became of a proof that is not live any more.
package struct MailProofFate: Sendable, Equatable {
    package let browser: TokenDigest
    package let accountID: String?
    /// `nil`: it ran out.
    package let endedAt: Instant?
    /// Whether it was spent on what it was for, and not overtaken.
    package let isSpent: Bool

    package init(browser: TokenDigest, accountID: String?, endedAt: Instant?, isSpent: Bool) {
        self.browser = browser
        self.accountID = accountID
        self.endedAt = endedAt
        self.isSpent = isSpent
    }

    /// Seconds in which a second click of the same browser is led where the first one led.
    package static let replayTime: Int64 = 60

    func isReplay(by browser: TokenDigest, at now: Instant) -> Bool {
        guard isSpent, let endedAt, self.browser == browser else { return false }
        return now.seconds(since: endedAt) < Self.replayTime
    }

    var fault: MagicLinkFault {
        guard endedAt != nil else { return .expired }
        return isSpent ? .reused : .superseded
    }
}

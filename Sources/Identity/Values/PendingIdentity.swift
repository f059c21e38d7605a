import OAuth

/// Somebody has come back from a provider, and there is something to do before it is theirs here. One for a browser, for a
/// quarter of an hour; the next one takes its place.
package struct PendingIdentity: Sendable, Equatable {
    package enum Need: String, Sendable {
        /// Their address has an account: to sign in to it the way they always do.
        case account
        /// An address, or the proof of one.
        case address
    }

    /// Seconds.
    package static let lifetime: Int64 = 900

    package let browser: TokenDigest
    package let identity: UpstreamIdentity
    package let need: Need
    /// `?request=…`, `?next=…`, or nothing.
    package let query: String
    package let expiresAt: Instant

    package init(
        browser: TokenDigest, identity: UpstreamIdentity, need: Need, query: String, expiresAt: Instant
    ) {
        self.browser = browser
        self.identity = identity
        self.need = need
        self.query = query
        self.expiresAt = expiresAt
    }
}

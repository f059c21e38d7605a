import Cryptography
import OAuth

/// A browser that a person has signed in with.
package struct KnownBrowser: Sendable, Equatable {
    package let browser: TokenDigest
    /// What it called itself at its last sign-in; empty for one that nobody has asked since this is noted.
    package let device: String
    package let lastSeenAt: Instant

    package init(browser: TokenDigest, device: String, lastSeenAt: Instant) {
        self.browser = browser
        self.device = device
        self.lastSeenAt = lastSeenAt
    }

    /// For forms: nothing of the cookie, nor of what is stored of it.
    package var id: String { Hex.encode(Array(SHA256.digest(Array("browser".utf8) + browser.bytes).prefix(16))) }
}

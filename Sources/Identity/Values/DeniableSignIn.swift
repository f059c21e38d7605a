import Cryptography
import OAuth

/// A sign-in that a link can still deny: a person's, with a browser, since a time.
///
/// The browser belongs to it, and not the session alone: whoever signs in once more with a browser that is known by
/// then has another session, of which nobody was told.
package struct DeniableSignIn: Sendable, Equatable {
    package let subject: String
    package let sessionID: String
    package let browser: TokenDigest
    package let since: Instant
    /// The live sessions of the person on that browser, the latest first; empty when they have ended by themselves.
    package var sessions: [Session] = []

    package init(_ session: Session) {
        subject = session.subject
        sessionID = session.id
        browser = session.browser
        since = session.createdAt
    }

    /// Reads what a link is bound to; `nil` for what is no such text.
    package init?(binding: String) {
        let parts = binding.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, let browser = Hex.decode(parts[2]), let since = Int64(parts[3]) else { return nil }
        subject = parts[0]
        sessionID = parts[1]
        self.browser = TokenDigest(bytes: browser)
        self.since = Instant(seconds: since)
    }

    /// What the link is bound to, as it is kept.
    package var binding: String { "\(subject) \(sessionID) \(Hex.encode(browser.bytes)) \(since.seconds)" }

    /// The one that was told of, if it lives, or else the latest that came after it.
    package var session: Session? { sessions.first { $0.id == sessionID } ?? sessions.first }
}

import Cryptography
import OAuth

/// Somebody on their way to a provider and back: good once, for ten minutes, in the browser that began and for the provider
/// it was made for (SO6). Only the digest of `state` is kept, and the secrets that go with it follow from it and from a key.
package struct UpstreamAttempt: Sendable, Equatable {
    package enum Intent: Sendable, Equatable {
        case signIn
        /// To connect what comes back to this person, in this session (its public id).
        case link(accountID: String, sessionID: String)
    }

    /// Seconds (D9).
    package static let lifetime: Int64 = 600

    package let state: TokenDigest
    package let provider: String
    package let browser: TokenDigest
    package let intent: Intent
    /// `?request=…`, `?next=…`, or nothing.
    package let query: String
    package let createdAt: Instant
    package let expiresAt: Instant

    package init(
        state: TokenDigest, provider: String, browser: TokenDigest, intent: Intent, query: String, createdAt: Instant,
        expiresAt: Instant
    ) {
        self.state = state
        self.provider = provider
        self.browser = browser
        self.intent = intent
        self.query = query
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// The secrets of an attempt. Whoever sees `state` in an address cannot reckon them without the server's key.
package struct UpstreamSecrets: Sendable {
    package let state: String
    /// `code_verifier`, RFC 7636 §4.1: 43 characters.
    package let verifier: String
    /// `nonce` of OpenID Connect.
    package let nonce: String

    package init(state: OpaqueToken, key: [UInt8]) {
        self.state = state.plaintext
        verifier = Self.secret("code_verifier", state, key)
        nonce = Self.secret("nonce", state, key)
    }

    /// `code_challenge` by S256.
    package var challenge: String { Base64URL.encode(SHA256.digest(Array(verifier.utf8))) }

    private static func secret(_ name: String, _ state: OpaqueToken, _ key: [UInt8]) -> String {
        Base64URL.encode(HMACSHA256.authenticate(Array("\(name):\(state.plaintext)".utf8), key: key))
    }
}

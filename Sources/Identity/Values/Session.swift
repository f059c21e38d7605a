import OAuth

/// One person signed in on one browser; serves every client (single sign-on).
package struct Session: Sendable, Equatable {
    /// Digest of the cookie's secret.
    package let secret: TokenDigest
    /// Public id: `sid`.
    package let id: String
    package let subject: String
    package let browser: TokenDigest
    /// When the person last proved who they are.
    package let authenticatedAt: Instant
    package let methods: [String]
    package let level: String
    package let createdAt: Instant
    package let lastSeenAt: Instant
    package let idleUntil: Instant
    package let expiresAt: Instant
    /// For the person's own list: `User-Agent` shortened, and the network address at sign-in.
    package let device: String
    package let address: String

    package init(
        secret: TokenDigest, id: String, subject: String, browser: TokenDigest, authenticatedAt: Instant,
        methods: [String], level: String, createdAt: Instant, lastSeenAt: Instant, idleUntil: Instant,
        expiresAt: Instant, device: String, address: String
    ) {
        self.secret = secret
        self.id = id
        self.subject = subject
        self.browser = browser
        self.authenticatedAt = authenticatedAt
        self.methods = methods
        self.level = level
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.idleUntil = idleUntil
        self.expiresAt = expiresAt
        self.device = device
        self.address = address
    }

    package var authentication: Authentication {
        Authentication(subject: subject, sessionID: id, time: authenticatedAt, methods: methods, level: level)
    }
}

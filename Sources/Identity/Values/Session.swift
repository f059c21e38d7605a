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
    /// What was proven, and when: the ledger that levels are read from.
    package let proofs: [Proof]
    package let level: String
    package let createdAt: Instant
    package let lastSeenAt: Instant
    package let idleUntil: Instant
    package let expiresAt: Instant
    /// For the person's own list: `User-Agent` shortened, and the network address at sign-in.
    package let device: String
    package let address: String
    /// Whether the second factor is still to be proven: such a session reaches the pages for that, and nothing else (MF5).
    /// Storage decides it when the session is opened.
    package var isHalf = false
    /// Whether its person has a factor that can be asked for, as of now.
    package var hasFactors = false
    /// Whether its person got back in without a factor and has none yet: the level stays at the lowest (MF9).
    package var isCapped = false
    /// Why no second factor was asked for, if so; `FactorWaiver.word`.
    package var waiver: String?

    package init(
        secret: TokenDigest, id: String, subject: String, browser: TokenDigest, authenticatedAt: Instant,
        proofs: [Proof], level: String, createdAt: Instant, lastSeenAt: Instant, idleUntil: Instant,
        expiresAt: Instant, device: String, address: String
    ) {
        self.secret = secret
        self.id = id
        self.subject = subject
        self.browser = browser
        self.authenticatedAt = authenticatedAt
        self.proofs = proofs
        self.level = level
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.idleUntil = idleUntil
        self.expiresAt = expiresAt
        self.device = device
        self.address = address
    }

    /// Every proof of the same time.
    package init(
        secret: TokenDigest, id: String, subject: String, browser: TokenDigest, authenticatedAt: Instant,
        methods: [String], level: String, createdAt: Instant, lastSeenAt: Instant, idleUntil: Instant,
        expiresAt: Instant, device: String, address: String
    ) {
        self.init(
            secret: secret, id: id, subject: subject, browser: browser, authenticatedAt: authenticatedAt,
            proofs: methods.map { Proof($0, at: authenticatedAt) }, level: level, createdAt: createdAt,
            lastSeenAt: lastSeenAt, idleUntil: idleUntil, expiresAt: expiresAt, device: device, address: address)
    }

    /// What it was proven by, in the order of the proofs.
    package var methods: [String] { proofs.map(\.method) }

    /// What is told of it, under these rules.
    package func authentication(_ levels: AuthenticationLevels = .standard) -> Authentication {
        let reached = isCapped ? [levels.lowest] : levels.reached(by: proofs)
        return Authentication(
            subject: subject, sessionID: id, time: authenticatedAt, methods: proofs.references,
            level: reached.last ?? levels.lowest, reached: reached, factorTime: proofs.factorTime, isHalf: isHalf,
            proofs: proofs)
    }

    /// The same session, as long as its second factor is to be proven: good for that, and only for a while.
    package func halved(at now: Instant) -> Session {
        let end = min(expiresAt, now + FactorPolicy.halfLifetime)
        var copy = Session(
            secret: secret, id: id, subject: subject, browser: browser, authenticatedAt: authenticatedAt,
            proofs: proofs, level: level, createdAt: createdAt, lastSeenAt: lastSeenAt, idleUntil: end, expiresAt: end,
            device: device, address: address)
        (copy.isHalf, copy.hasFactors, copy.isCapped) = (true, true, isCapped)
        return copy
    }
}

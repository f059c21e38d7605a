import OAuth

/// One person signed in on one browser; serves every client (single sign-on).
package struct Session: Sendable, Equatable {
    /// Digest of the cookie's secret.
    package internal(set) var secret: TokenDigest
    /// Public id: `sid`.
    package let id: String
    package let subject: String
    package let browser: TokenDigest
    /// When the person last proved who they are.
    package internal(set) var authenticatedAt: Instant
    /// What was proven, and when: the ledger that levels are read from.
    package internal(set) var proofs: [Proof]
    package internal(set) var level: String
    package let createdAt: Instant
    package internal(set) var lastSeenAt: Instant
    package internal(set) var idleUntil: Instant
    package internal(set) var expiresAt: Instant
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
}

extension Session {
    /// The same session, as long as its second factor is to be proven: good for that, and only for a while.
    package func halved(at now: Instant) -> Session {
        var copy = self
        copy.expiresAt = min(expiresAt, now + FactorPolicy.halfLifetime)
        copy.idleUntil = copy.expiresAt
        (copy.isHalf, copy.hasFactors, copy.waiver) = (true, true, nil)
        return copy
    }

    /// The same session, known by another secret.
    package func under(_ secret: TokenDigest) -> Session {
        var copy = self
        copy.secret = secret
        return copy
    }

    /// The same session after its person has proven something more, or again: another secret, and the proof in the
    /// ledger. It lasts no longer for it, and keeps the public id that clients know it by.
    func renewed(
        secret: TokenDigest, proving proof: Proof, levels: AuthenticationLevels, idleUntil: Instant, at now: Instant
    ) -> Session {
        var copy = under(secret)
        copy.proofs = proofs.adding(proof)
        copy.level = levels.reached(by: copy.proofs).last ?? levels.lowest
        (copy.authenticatedAt, copy.lastSeenAt, copy.idleUntil) = (now, now, idleUntil)
        return copy
    }

    /// The same session, whole: it lasts as long as one that was opened whole.
    func completed(
        secret: TokenDigest, proving proof: Proof, levels: AuthenticationLevels, lifetimes: SessionLifetimes,
        at now: Instant
    ) -> Session {
        let end = isHalf ? lifetimes.end(from: createdAt) : expiresAt
        var copy = renewed(
            secret: secret, proving: proof, levels: levels, idleUntil: lifetimes.idleEnd(from: now, within: end),
            at: now)
        copy.expiresAt = end
        (copy.isHalf, copy.waiver) = (false, nil)
        return copy
    }

    /// The same session of somebody who got back in: whole, with nothing new in its ledger, for nothing was proven; and at
    /// the lowest level until a factor is set up.
    func recovered(
        secret: TokenDigest, levels: AuthenticationLevels, lifetimes: SessionLifetimes, at now: Instant
    ) -> Session {
        let end = lifetimes.end(from: createdAt)
        var copy = under(secret)
        (copy.level, copy.lastSeenAt) = (levels.lowest, now)
        (copy.idleUntil, copy.expiresAt) = (lifetimes.idleEnd(from: now, within: end), end)
        (copy.isHalf, copy.hasFactors, copy.isCapped, copy.waiver) = (false, false, true, nil)
        return copy
    }
}

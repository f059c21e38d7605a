import Cryptography
import OAuth

/// Opening, finding and ending sessions (SE1-SE7). One session serves every client: single sign-on.
package struct Sessions: Sendable {
    /// Seconds between two notes that a session is in use: reading pages must not mean writing rows.
    private static let touchInterval: Int64 = 60

    let store: any SessionStore
    let lifetimes: SessionLifetimes
    /// What is decided about second factors; sessions are opened by it, and read.
    package let factors: FactorPolicy
    /// Where notices of sign-ins are written; without it nobody is told.
    let postbox: Postbox?
    let random: any RandomSource
    let audit: any AuditLog

    package init(
        store: any SessionStore, lifetimes: SessionLifetimes = SessionLifetimes(),
        factors: FactorPolicy = FactorPolicy(), postbox: Postbox? = nil, random: any RandomSource, audit: any AuditLog
    ) {
        self.store = store
        self.factors = factors
        self.postbox = postbox
        self.lifetimes = lifetimes
        self.random = random
        self.audit = audit
    }

    /// Opens a session: always with a new secret, never one that the browser brought along (SE2), and in the
    /// place of the one that it did bring, whoever's that was (SE13).
    ///
    /// - Parameter account: as it was proven. `nil`, and nothing is opened, when it is not active or its password
    ///   another by now.
    package func open(
        for account: Account, method: String, from arrival: Arrival, at now: Instant
    ) async throws -> OpenedSession? {
        let (opened, opening) = try prepareOpening(
            for: account, method: method, from: arrival, at: now)
        guard try await store.open(opening, at: now) else { return nil }
        try await recordWaiver(of: opening, at: now)
        return opened
    }

    /// Makes a session for a browser and stores nothing: for verbs that open it together with what else happens, and
    /// as `open` refuse whoever's password is another by now.
    package func prepareOpening(
        for account: Account, method: String, from arrival: Arrival, at now: Instant
    ) throws -> (OpenedSession, SessionOpening) {
        let opened = try prepare(for: account, method: method, from: arrival.visitor, at: now)
        var opening = arrival.opening(opened.session)
        opening.waiver = waiver(of: account) ?? opening.waiver
        opening.notice = try notice(of: opened.session, to: account)
        opening.provenHash = account.passwordHash
        return (opened, opening)
    }

    /// Makes a session with a new secret and stores nothing.
    package func prepare(
        for account: Account, method: String, from visitor: Visitor, at now: Instant
    ) throws -> OpenedSession {
        let secret = try OpaqueToken(.session, from: random)
        let end = lifetimes.end(from: now)
        let proofs = [Proof(method, at: now)]
        let session = Session(
            secret: secret.digest, id: try Identifier.make(from: random), subject: account.id,
            browser: visitor.browser, authenticatedAt: now, proofs: proofs,
            level: factors.levels.reached(by: proofs).last ?? factors.levels.lowest, createdAt: now,
            lastSeenAt: now, idleUntil: lifetimes.idleEnd(from: now, within: end), expiresAt: end,
            device: visitor.device, address: visitor.address)
        return OpenedSession(secret: secret, session: session)
    }

    /// Whoever is exempt by a role is not asked while it is theirs (B104).
    private func waiver(of account: Account) -> FactorWaiver? {
        guard factors.isOn else { return .off }
        let role = account.roles.first { $0.context.isEmpty && factors.exemptRoles.contains($0.name) }
        return role.map { .exemptRole($0.name) }
    }

    /// Notes that the person of a session has proven again who they are; the session goes on under a new secret, and the
    /// old one is dead (SE2). What was proven before stays in its ledger. `nil` when the session has ended meanwhile, or the
    /// password is another by now.
    ///
    /// - Parameter provenHash: what a password was compared with; `nil` where none was.
    package func renew(
        _ session: Session, method: String, provenHash: String?,
        spending link: TokenDigest? = nil, at now: Instant
    ) async throws -> OpenedSession? {
        let secret = try OpaqueToken(.session, from: random)
        let idleUntil = lifetimes.idleEnd(from: now, within: session.expiresAt)
        let renewed = session.renewed(
            secret: secret.digest, proving: Proof(method, at: now), levels: factors.levels, idleUntil: idleUntil,
            at: now)
        guard
            try await store.renew(
                session.secret, as: renewed, provenHash: provenHash, spending: link, at: now)
        else { return nil }
        let details = ["method": method, "session": session.id]
        audit.record(AuditEvent(.reauthenticated, subject: session.subject, details: details))
        return OpenedSession(secret: secret, session: renewed)
    }

    /// The live session of a presented cookie, half or whole. Counts as use of it, at most once a minute.
    ///
    /// Where second factors are switched off nobody has any; a session that still lacked its own is none (B099). One that
    /// was opened without is half where nobody is spared any more.
    package func current(_ presented: String?, at now: Instant) async throws -> Session? {
        guard let secret = presented.flatMap({ OpaqueToken(.session, presented: $0) })?.digest,
            var session = try await store.session(secret, at: now)
        else { return nil }
        if !factors.isOn {
            guard !session.isHalf else { return nil }
            session.hasFactors = false
        }
        if lacksFactor(session) { session.isHalf = true }
        guard !session.isHalf else { return session }
        if now.seconds(since: session.lastSeenAt) >= Self.touchInterval {
            let idleUntil = lifetimes.idleEnd(from: now, within: session.expiresAt)
            try await store.touch(secret, idleUntil: idleUntil, at: now)
        }
        return session
    }

    /// Whether a session was opened without the second factor of its person by what the operator has taken back since.
    private func lacksFactor(_ session: Session) -> Bool {
        guard factors.isOn, session.hasFactors else { return false }
        guard let waiver = session.waiver else { return false }
        if waiver == FactorWaiver.off.word { return true }
        return waiver.hasPrefix(FactorWaiver.exemptRoleWord)
            && !factors.exemptRoles.contains { FactorWaiver.exemptRole($0).word == waiver }
    }

    /// Ends one session of a person, wherever it is (SE5, SE7). `false` when the person has no such session.
    package func end(
        _ sessionID: String, of subject: String, as kind: AuditEvent.Kind = .sessionEnded, at now: Instant
    ) async throws -> Bool {
        guard try await store.end(sessionID: sessionID, of: subject, at: now) else { return false }
        audit.record(AuditEvent(kind, subject: subject, details: ["session": sessionID, "count": "1"]))
        return true
    }

    /// Ends all sessions of a person but for the one that asks. That one goes on under a new secret: a copy of its
    /// cookie is somewhere else, too (SE2). `nil` when it has ended meanwhile; then nothing was done.
    package func endOthers(than session: Session, at now: Instant) async throws -> OpenedSession? {
        let kept = try OpenedSession(keeping: session, random)
        let change = KeptSession(session, as: kept.session.secret)
        guard let count = try await store.endOthers(than: change, at: now) else { return nil }
        if count > 0 {
            audit.record(AuditEvent(.sessionEnded, subject: session.subject, details: ["count": String(count)]))
        }
        return kept
    }

    /// Live sessions of a person, latest first.
    package func list(of subject: String, at now: Instant) async throws -> [Session] {
        try await store.sessions(of: subject, at: now)
    }
}

import OAuth

/// Sessions in storage: only digests of their secrets are kept (SE1).
package protocol SessionStore: Sendable {
    /// Opens a session and ends the one it replaces in the same step (SE2: sign-in always opens a new
    /// one). With `authorization`, the fact that this session was signed in for that pending request is
    /// written with it. `false`, and nothing written, when the person is not active.
    @discardableResult
    func open(
        _ session: Session, replacing old: TokenDigest?, for authorization: TokenDigest?, at now: Instant
    ) async throws -> Bool

    /// The same, telling the person if that is news to them and they want to know (B094). The browser is one they have
    /// signed in with from then on. `false`, and nothing written, also when the password that was proven is another by
    /// now: a reset that ends every session is not outlived by a sign-in that was under way (SE6).
    func open(_ opening: SessionOpening, at now: Instant) async throws -> Bool

    /// The session if neither its idle nor its absolute end has passed and its person is active.
    func session(_ secret: TokenDigest, at now: Instant) async throws -> Session?

    /// Puts a session that was proven anew in the place of itself: one conditional write, after which the old secret is
    /// dead (SE2). `false`, and nothing written or spent, when the old one is not live any more, or the hash that a
    /// password was proven against is not the account's any more (SE6; `nil`: no password was proven).
    func renew(
        _ old: TokenDigest, as renewed: Session, provenHash: String?, spending link: TokenDigest?, at now: Instant
    ) async throws -> Bool

    /// Moves the idle end. Called at most once a minute for a session.
    func touch(_ secret: TokenDigest, idleUntil: Instant, at now: Instant) async throws

    /// Ends a session by its public id, and with it every grant of it that has no `offline_access`, with
    /// their codes and tokens. `false` when there was none of this person.
    func end(sessionID: String, of subject: String, at now: Instant) async throws -> Bool

    /// Ends all sessions of a person but for the one that asks, which goes on under its new secret; returns how many.
    /// `nil`, and nothing written, when that one is not live.
    func endOthers(than kept: KeptSession, at now: Instant) async throws -> Int?

    /// Live sessions, latest first.
    func sessions(of subject: String, at now: Instant) async throws -> [Session]
}

/// Browsers that a person has signed in with, for lanes of throttling (PW7-PW9).
package protocol KnownBrowserStore: Sendable {
    /// Idempotent; moves `last seen`.
    func remember(browser: TokenDigest, of subject: String, at now: Instant) async throws
    func isKnown(browser: TokenDigest, of subject: String) async throws -> Bool

    /// The last seen first.
    func knownBrowsers(of subject: String) async throws -> [KnownBrowser]

    /// Forgets one; it counts as a stranger from then on, and stays signed in where it is. `false` when it was none.
    func forget(browser: TokenDigest, of subject: String) async throws -> Bool

    /// Forgets all but one, and says how many.
    func forgetBrowsers(of subject: String, except browser: TokenDigest?) async throws -> Int
}

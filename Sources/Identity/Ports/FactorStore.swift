import OAuth

/// Second factors in storage. Each verb is one write; of simultaneous calls for one code exactly one succeeds (IN3).
package protocol FactorStore: Sendable {
    func holdings(of subject: String) async throws -> FactorHoldings

    /// The passkey with this credential id, whoever's it is; of active people alone.
    func passkey(credentialID: [UInt8]) async throws -> Factor?

    /// Counts a try before anything is checked, across sessions and processes (MF4); apart from tries of passwords.
    func countFactorTry(of subject: String, under rule: FactorTries, at now: Instant) async throws -> FactorTry

    /// When the lock ends, if there is one.
    func factorLock(of subject: String, at now: Instant) async throws -> Instant?

    /// Spends what was proven and makes the session whole. Forgets the tries, and a recovery that is under way. `false`,
    /// and nothing written, when it was spent before, or the session has ended.
    func prove(_ proving: FactorProving, at now: Instant) async throws -> Bool

    func change(_ change: FactorChange, at now: Instant) async throws -> FactorChange.Outcome

    /// Notes that a factor is demanded of a person from now on; returns since when. The first time counts.
    func noteFactorDemand(of subject: String, at now: Instant) async throws -> Instant

    /// Opens a session by a passkey alone: spends the challenge, moves the count, and forgets tries and a recovery that is
    /// under way. `false` as for `prove`.
    func enter(
        by evidence: FactorProving.Evidence, opening: SessionOpening, letters: [SealedLetter], at now: Instant
    ) async throws -> Bool
}

/// Browsers that skip the second factor for a while.
package protocol RememberedBrowserStore: Sendable {
    /// Live ones, the last used first.
    func rememberedBrowsers(of subject: String, at now: Instant) async throws -> [RememberedBrowser]
    func forgetRemembered(_ id: String, of subject: String) async throws -> Bool
    func forgetAllRemembered(of subject: String) async throws -> Int
}

/// Recoveries of people who lost every factor.
package protocol FactorRecoveryStore: Sendable {
    func factorRecovery(of subject: String, at now: Instant) async throws -> FactorRecovery?

    /// Begins one, spending the proof of the mailbox, with links to stop it (digest, each for one letter) and the letters.
    /// One that is under way stays as it is, and `false` is returned.
    func beginRecovery(
        _ recovery: FactorRecovery, spending link: TokenDigest, cancelling: [TokenDigest], letters: [SealedLetter],
        at now: Instant
    ) async throws -> Bool

    /// Whose recovery a link stops; spends nothing (ML3).
    func recoveryToCancel(_ digest: TokenDigest, at now: Instant) async throws -> FactorRecovery?

    /// Stops it, by a link from a mail. `nil` when there is nothing to stop.
    func cancelRecovery(_ digest: TokenDigest, letters: [SealedLetter], at now: Instant) async throws -> String?

    /// Stops whatever is under way of somebody who is signed in. `false` when there is nothing to stop.
    func cancelRecovery(of subject: String, at now: Instant) async throws -> Bool

    /// Carries it out in a session of the person, spending another proof of the mailbox: factors, codes and remembered
    /// browsers are gone, other sessions ended, the session whole under its new secret and at the lowest level until a
    /// factor is set up. `false`, and nothing written, when it is not ready, was stopped, or the proof or the session has
    /// ended.
    func finishRecovery(
        in renewed: Session, old: TokenDigest, spending link: TokenDigest, authorization: TokenDigest?,
        letters: [SealedLetter], at now: Instant
    ) async throws -> Bool

    /// An operator's reset: factors, codes, remembered browsers and sessions are gone, grants ended. `nil` for nobody;
    /// otherwise how many factors there were.
    func resetFactors(of subject: String, letters: [SealedLetter], at now: Instant) async throws -> Int?

    /// Whose factors the link in the mail about the first one removes; spends nothing (ML3).
    func factorsToUndo(_ digest: TokenDigest, at now: Instant) async throws -> String?

    /// As a reset, by that link. `nil` when it is dead.
    func undoFactors(_ digest: TokenDigest, at now: Instant) async throws -> String?
}

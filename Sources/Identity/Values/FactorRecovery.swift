import OAuth

/// Getting back in without any factor: asked for by whoever proved the first factor and the mailbox, and carried out after
/// a time in which every address of the person is told and can stop it (MF9).
package struct FactorRecovery: Sendable, Equatable {
    package let accountID: String
    package let askedAt: Instant
    package let readyAt: Instant
    /// From then on it must be asked for anew.
    package let expiresAt: Instant

    package init(accountID: String, askedAt: Instant, readyAt: Instant, expiresAt: Instant) {
        self.accountID = accountID
        self.askedAt = askedAt
        self.readyAt = readyAt
        self.expiresAt = expiresAt
    }
}

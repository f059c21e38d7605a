import OAuth

/// A change of what a person can be asked for, by the person. The session that asks goes on under a new secret; all
/// remembered browsers but none are forgotten with it.
package struct FactorChange: Sendable {
    package enum Kind: Sendable, Equatable {
        /// In the place of the authenticator app that was set up before, if there was one. `step` is that of the first
        /// code, which is spent with it.
        case addTOTP(Factor, step: Int64)
        /// The code that was mailed and typed is spent with it.
        case addMailCode(Factor, link: TokenDigest)
        /// The challenge is spent with it.
        case addPasskey(Factor, challenge: OneTimeArtefact)
        case rename(factor: String, to: String)
        /// With the last one, backup codes and remembered browsers go.
        case remove(factor: String)
        /// Digests of a whole new set.
        case renewCodes([TokenDigest])
    }

    package enum Outcome: Sendable, Equatable {
        case done
        /// The first factor: the backup codes that came along are in force.
        case doneWithCodes
        /// The session has ended, or what it takes was proven too long ago (MF8).
        case notFresh
        /// The credential is set up already, here or for somebody else; or the challenge, the code or the link was spent.
        case spent
        /// There is no such factor.
        case gone
    }

    package let kind: Kind
    /// The secret of the session that asks.
    package let old: TokenDigest
    /// The same session under a new secret; with what was set up in its ledger.
    package let renewed: Session
    /// Of whoever has a factor, one must have been proven since; of whoever has none, anything.
    package let freshSince: Instant
    /// In force if the person had no factor before; kept for nothing otherwise.
    package var firstCodes: [TokenDigest] = []
    package var letters: [SealedLetter] = []
    /// What takes it back, if it makes the person's first factor; kept for nothing otherwise.
    package var undo: OneTimeArtefact?
    /// With it, in the place of `letters`.
    package var firstLetters: [SealedLetter] = []

    package init(_ kind: Kind, old: TokenDigest, renewed: Session, freshSince: Instant) {
        self.kind = kind
        self.old = old
        self.renewed = renewed
        self.freshSince = freshSince
    }
}

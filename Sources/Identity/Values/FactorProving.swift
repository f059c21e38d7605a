import OAuth

/// A second factor was checked and found right: what is spent for it, and what follows, in one write.
package struct FactorProving: Sendable {
    package enum Evidence: Sendable, Equatable {
        /// Accepted only if it is later than every step accepted before (MF2).
        case totp(factor: String, step: Int64)
        /// The link of the proof whose code was typed; spent.
        case mailCode(link: TokenDigest)
        /// Spent; of this person alone (MF3).
        case backupCode(TokenDigest)
        /// The challenge is spent. A count that did not rise is refused, unless both are 0.
        case passkey(factor: String, signCount: Int64, isBackedUp: Bool, challenge: OneTimeArtefact)
    }

    package let evidence: Evidence
    /// The secret of the session that asks.
    package let old: TokenDigest
    /// The same session, whole, with the new proof in its ledger, under a new secret.
    package let renewed: Session
    /// The paused request that it is proven for.
    package var authorization: TokenDigest?
    /// Kept if the person asked for that; the browser's other rows move to the new secret with it.
    package var remembering: RememberedBrowser?
    /// The secret that the browser brought along, of rows that move.
    package var formerToken: TokenDigest?
    package var letters: [SealedLetter] = []

    package init(_ evidence: Evidence, old: TokenDigest, renewed: Session) {
        self.evidence = evidence
        self.old = old
        self.renewed = renewed
    }
}

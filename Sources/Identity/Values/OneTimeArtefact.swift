import OAuth

/// Something that is good once: a link, an offer, a solution. Only the digest of its secret is kept.
package struct OneTimeArtefact: Sendable, Equatable {
    /// Each kind is a name space of its own (JW4).
    package enum Kind: String, Sendable {
        case setupLink = "setup_link"
        /// "This was not me", in the notice of a sign-in.
        case signInDenial = "sign_in_denial"
        /// Bound to the canonical address.
        case invitation
        case captchaSolution = "captcha_solution"
        /// Somebody has proven that a deleted account is theirs, and is asked whether to come back.
        case comeBack = "come_back"
        /// Signed, and kept only once it is spent.
        case passkeyChallenge = "passkey_challenge"
        /// Bound to the account whose recovery it stops.
        case factorRecoveryStop = "factor_recovery_stop"
        /// Bound to the account whose factors it removes.
        case factorUndo = "factor_undo"
    }

    package let kind: Kind
    package let digest: TokenDigest
    /// What it is bound to: a browser, an account, an address; empty for none.
    package let binding: String
    package let expiresAt: Instant

    package init(kind: Kind, digest: TokenDigest, binding: String, expiresAt: Instant) {
        self.kind = kind
        self.digest = digest
        self.binding = binding
        self.expiresAt = expiresAt
    }
}

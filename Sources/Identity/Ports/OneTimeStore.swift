import OAuth

/// One-time artefacts of every kind but codes and refresh tokens, which hang from grants.
package protocol OneTimeStore: Sendable {
    /// Keeps an artefact; with `superseding`, live ones of the same kind and binding die in the same step.
    func keep(_ artefact: OneTimeArtefact, superseding: Bool) async throws

    /// Whether it could be consumed now; changes nothing (a GET asks this).
    func isLive(
        _ kind: OneTimeArtefact.Kind, _ digest: TokenDigest, binding: String, at now: Instant
    ) async throws -> Bool

    /// Spends it: unspent, unexpired, this kind, this binding. One conditional write (IN3); of simultaneous
    /// calls exactly one gets `true`.
    func consume(
        _ kind: OneTimeArtefact.Kind, _ digest: TokenDigest, binding: String, at now: Instant
    ) async throws -> Bool

    /// Spends what was never kept, because making it costs nothing and strangers make as many as they like: its
    /// signature said that it is good. One conditional write; of simultaneous calls exactly one gets `true` (IN3).
    func spendUnkept(_ artefact: OneTimeArtefact, at now: Instant) async throws -> Bool
}

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

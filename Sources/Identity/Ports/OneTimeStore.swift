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

import OAuth

/// How recent the proof of who somebody is must be for what a browser left open must not do: switching protection
/// off, other addresses, taking data along, deleting the account (B093, MF7).
package enum FreshAuthentication {
    /// Seconds.
    package static let lifetime: Int64 = 300

    /// `amr` of somebody for whom staff answer; RFC 8176 has no word for that. It proves nothing of who came.
    package static let vouched = Proof.staffLink

    /// Whether any of these proofs is one of the person, and not somebody else's word for them.
    package static func isProof(_ methods: [String]) -> Bool { methods.contains { $0 != vouched } }
}

extension Session {
    /// Of whoever has a second factor that one counts: a password, or the mail of a browser left open, is not enough to
    /// change what protects the account (MF7, MF8).
    package func isFresh(at now: Instant) -> Bool { isProven(since: now + -FreshAuthentication.lifetime) }

    /// Whether what changes take was proven since then, that moment included.
    package func isProven(since earliest: Instant) -> Bool {
        guard !isHalf, FreshAuthentication.isProof(methods) else { return false }
        guard let time = hasFactors ? proofs.factorTime : authenticatedAt else { return false }
        return time >= earliest
    }
}

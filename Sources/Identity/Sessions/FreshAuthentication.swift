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
    package func isFresh(at now: Instant) -> Bool {
        guard !isHalf, FreshAuthentication.isProof(methods) else { return false }
        guard let time = hasFactors ? proofs.factorTime : authenticatedAt else { return false }
        return now.seconds(since: time) <= FreshAuthentication.lifetime
    }

    /// The same session after its person has proven something more, or again: another secret, and the proof in the
    /// ledger. It lasts no longer for it, and keeps the public id that clients know it by.
    func renewed(
        secret: TokenDigest, proving proof: Proof, levels: AuthenticationLevels, idleUntil: Instant, at now: Instant
    ) -> Session {
        let proofs = self.proofs.adding(proof)
        var copy = Session(
            secret: secret, id: id, subject: subject, browser: browser, authenticatedAt: now, proofs: proofs,
            level: levels.reached(by: proofs).last ?? levels.lowest, createdAt: createdAt, lastSeenAt: now,
            idleUntil: idleUntil, expiresAt: expiresAt, device: device, address: address)
        (copy.isHalf, copy.hasFactors, copy.isCapped, copy.waiver) = (isHalf, hasFactors, isCapped, waiver)
        return copy
    }

    /// The same session, whole: it lasts as long as one that was opened whole.
    func completed(
        secret: TokenDigest, proving proof: Proof, levels: AuthenticationLevels, lifetimes: SessionLifetimes,
        at now: Instant
    ) -> Session {
        let end = isHalf ? lifetimes.end(from: createdAt) : expiresAt
        let proofs = self.proofs.adding(proof)
        var copy = Session(
            secret: secret, id: id, subject: subject, browser: browser, authenticatedAt: now, proofs: proofs,
            level: levels.reached(by: proofs).last ?? levels.lowest, createdAt: createdAt, lastSeenAt: now,
            idleUntil: lifetimes.idleEnd(from: now, within: end), expiresAt: end, device: device, address: address)
        (copy.hasFactors, copy.isCapped) = (hasFactors, isCapped)
        return copy
    }
}

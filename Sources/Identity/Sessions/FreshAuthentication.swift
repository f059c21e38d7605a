import OAuth

/// How recent the proof of who somebody is must be for what a browser left open must not do: switching protection
/// off, other addresses, taking data along, deleting the account (B093, MF7).
package enum FreshAuthentication {
    /// Seconds.
    package static let lifetime: Int64 = 300

    /// `amr` of somebody for whom staff answer; RFC 8176 has no word for that. It proves nothing of who came.
    package static let vouched = "staff_link"

    /// Whether any of these proofs is one of the person, and not somebody else's word for them.
    package static func isProof(_ methods: [String]) -> Bool { methods.contains { $0 != vouched } }
}

extension Session {
    package func isFresh(at now: Instant) -> Bool {
        FreshAuthentication.isProof(methods) && now.seconds(since: authenticatedAt) <= FreshAuthentication.lifetime
    }

    /// The same session after its person has proven it again: another secret, the time and the ways of the new
    /// proof. It lasts no longer for it, and keeps the public id that clients know it by.
    func renewed(secret: TokenDigest, methods: [String], level: String, idleUntil: Instant, at now: Instant) -> Session
    {
        Session(
            secret: secret, id: id, subject: subject, browser: browser, authenticatedAt: now, methods: methods,
            level: level, createdAt: createdAt, lastSeenAt: now, idleUntil: idleUntil, expiresAt: expiresAt,
            device: device, address: address)
    }
}

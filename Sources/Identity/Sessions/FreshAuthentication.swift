import OAuth

/// How recent the proof of who somebody is must be for what a browser left open must not do: switching protection
/// off, other addresses, taking data along, deleting the account (B093, MF7).
package enum FreshAuthentication {
    /// Seconds.
    package static let lifetime: Int64 = 300
}

extension Session {
    package func isFresh(at now: Instant) -> Bool {
        now.seconds(since: authenticatedAt) <= FreshAuthentication.lifetime
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

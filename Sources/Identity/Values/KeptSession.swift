import OAuth

/// The session that asks for what ends others. It goes on under another secret, so that a copy of its cookie opens
/// nothing from then on (SE2); all else of it stays, its public id too.
package struct KeptSession: Sendable, Equatable {
    /// The digest of the secret that asked.
    package let old: TokenDigest
    package let new: TokenDigest
    package let id: String
    package let subject: String

    package init(_ session: Session, as new: TokenDigest) {
        old = session.secret
        self.new = new
        id = session.id
        subject = session.subject
    }
}

extension Session {
    /// The same session, known by another secret.
    package func under(_ secret: TokenDigest) -> Session {
        var copy = Session(
            secret: secret, id: id, subject: subject, browser: browser, authenticatedAt: authenticatedAt,
            proofs: proofs, level: level, createdAt: createdAt, lastSeenAt: lastSeenAt, idleUntil: idleUntil,
            expiresAt: expiresAt, device: device, address: address)
        (copy.isHalf, copy.hasFactors, copy.isCapped, copy.waiver) = (isHalf, hasFactors, isCapped, waiver)
        return copy
    }
}

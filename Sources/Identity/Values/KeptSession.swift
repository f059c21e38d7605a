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

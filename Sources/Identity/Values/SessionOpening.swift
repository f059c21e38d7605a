import OAuth

/// A session that is about to be opened, by itself or in one step with what leads to it.
package struct SessionOpening: Sendable, Equatable {
    package let session: Session
    /// What the browser brought along: ended in the same step, whoever's that was (SE2, SE13).
    package let replaced: TokenDigest?
    /// The paused request that the person signs in for.
    package let authorization: TokenDigest?
    /// Kept and sent if this sign-in is news to the person.
    package var notice: SignInNotice?
    /// The hash that the password was compared with. While it waited for its turn the password may have been set anew:
    /// only if the hash still is the account's does the session open (SE6).
    package var provenHash: String?
    /// Why the person need not prove a second factor, if that is so. Of a remembered browser storage looks whether it is
    /// one.
    package var waiver: FactorWaiver?

    package init(_ session: Session, replacing old: TokenDigest?, for authorization: TokenDigest?) {
        self.session = session
        replaced = old
        self.authorization = authorization
    }
}

/// What a browser brings to the opening of a session: its own session's cookie, if it has one, and the paused request
/// that the person signs in for.
package struct Arrival: Sendable {
    package let visitor: Visitor
    package let presentedSession: String?
    package let authorization: TokenDigest?
    /// The secret by which the browser may be remembered for second factors.
    package var remembered: TokenDigest?

    package init(
        visitor: Visitor, presentedSession: String?, authorization: TokenDigest?, remembered: TokenDigest? = nil
    ) {
        self.visitor = visitor
        self.remembered = remembered
        self.presentedSession = presentedSession
        self.authorization = authorization
    }

    /// The opening of a session that was prepared for this browser.
    package func opening(_ session: Session) -> SessionOpening {
        let old = presentedSession.flatMap { OpaqueToken(.session, presented: $0) }?.digest
        var opening = SessionOpening(session, replacing: old, for: authorization)
        opening.waiver = remembered.map(FactorWaiver.remembered)
        return opening
    }
}

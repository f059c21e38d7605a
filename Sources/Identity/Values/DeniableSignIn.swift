/// A sign-in that a link can still deny.
package struct DeniableSignIn: Sendable, Equatable {
    package let subject: String
    package let sessionID: String
    /// `nil` when it has ended by itself.
    package let session: Session?

    package init(subject: String, sessionID: String, session: Session?) {
        self.subject = subject
        self.sessionID = sessionID
        self.session = session
    }
}

/// One password hash in the place of another, by somebody who is signed in. Prints without them.
package struct PasswordReplacement: Sendable, CustomStringConvertible {
    package let accountID: String
    /// `nil`: there must be none yet.
    package let old: String?
    package let new: String
    /// The session that asks: without it nothing is replaced.
    package let kept: KeptSession
    package let endsOtherSessions: Bool

    package init(from old: String?, to new: String, keeping kept: KeptSession, endsOthers: Bool) {
        accountID = kept.subject
        self.old = old
        self.new = new
        self.kept = kept
        endsOtherSessions = endsOthers
    }

    package var description: String { "password of \(accountID)" }
}

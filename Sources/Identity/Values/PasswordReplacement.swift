/// One password hash in the place of another, by somebody who is signed in. Prints without them.
package struct PasswordReplacement: Sendable, CustomStringConvertible {
    package let accountID: String
    /// `nil`: there must be none yet.
    package let old: String?
    package let new: String
    /// The session that asks.
    package let keptSessionID: String
    package let endsOtherSessions: Bool

    package init(of accountID: String, from old: String?, to new: String, keeping sessionID: String, endsOthers: Bool) {
        self.accountID = accountID
        self.old = old
        self.new = new
        keptSessionID = sessionID
        endsOtherSessions = endsOthers
    }

    package var description: String { "password of \(accountID)" }
}

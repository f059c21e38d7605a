import OAuth

/// Getting back into an account by mail. Each verb is one transaction, its mail included.
package protocol RecoveryStore: Sendable {
    /// Spends the proof and sets the password in one step, and with it ends every session and every grant of the
    /// person, offline ones too (B024), drops all else they wait for by mail, and forgets the browsers they had used
    /// but the one that resets it. The address counts as proven from then on; if it was not before, what was set up
    /// by whoever did not prove it is gone, as with `SignUpStore.claim` (ML9).
    ///
    /// `nil`, and nothing written, when the proof is not live, or is of another account or address than it is now, or
    /// when the account may not be recovered.
    func resetPassword(_ reset: PasswordReset, mailing letter: SealedLetter, at now: Instant) async throws -> Recovered?
}

/// A new password for a forgotten one. Prints without it.
package struct PasswordReset: Sendable, CustomStringConvertible {
    package let link: TokenDigest
    package let accountID: String
    /// The one that was proven; it must still be the account's.
    package let address: EmailAddress
    package let newHash: String
    /// The browser it is done in.
    package let browser: TokenDigest

    package init(link: TokenDigest, accountID: String, address: EmailAddress, newHash: String, browser: TokenDigest) {
        self.link = link
        self.accountID = accountID
        self.address = address
        self.newHash = newHash
        self.browser = browser
    }

    package var description: String { "password reset of \(accountID)" }
}

/// What a reset did.
package struct Recovered: Sendable, Equatable {
    package let sessionsEnded: Int
    /// Whether the address was proven by it for the first time.
    package let isFirstProof: Bool

    package init(sessionsEnded: Int, isFirstProof: Bool) {
        self.sessionsEnded = sessionsEnded
        self.isFirstProof = isFirstProof
    }
}

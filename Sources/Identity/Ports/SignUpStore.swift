import OAuth

/// What follows from the proof of a mailbox at sign-up, in storage. Each verb is one transaction: the proof is spent,
/// its effect written, the person signed in and their mail put into the outbox, or nothing of it.
package protocol SignUpStore: Sendable {
    /// Creates the account. `false` when the proof is not live or the address is taken. A username that somebody else
    /// took meanwhile is left out. Of simultaneous calls for one address exactly one gets `true`.
    func signUp(_ entry: ProvenEntry, at now: Instant) async throws -> Bool

    /// Marks the address of an account as proven, by a browser that gave its password. `false` when the proof is not
    /// live, the address is proven already or another by now, or the account is not active.
    func verify(_ entry: ProvenEntry, at now: Instant) async throws -> Bool

    /// The same by whoever reads the mail alone: the password becomes the entry's, and what others may have set up
    /// before is gone (ML9): sessions, grants, consents, ways to sign in, preferences, known browsers, other links.
    func claim(_ entry: ProvenEntry, at now: Instant) async throws -> Bool
}

/// Somebody comes in by the proof of their mailbox.
package struct ProvenEntry: Sendable {
    package let link: TokenDigest
    /// As it will be.
    package let account: Account
    package let opening: SessionOpening
    package let letters: [SealedLetter]

    package init(link: TokenDigest, account: Account, opening: SessionOpening, letters: [SealedLetter]) {
        self.link = link
        self.account = account
        self.opening = opening
        self.letters = letters
    }
}

import OAuth

/// Links by which a person denies a sign-in.
package protocol SignInDenialStore: Sendable {
    /// Changes nothing; `nil` for a link that cannot be used.
    func deniableSignIn(_ digest: TokenDigest, at now: Instant) async throws -> DeniableSignIn?

    /// Spends the link, ends every session of the person on that browser with every grant that came from one, offline ones
    /// too, and forgets the browser, in one step. Grants made since whose session is gone end as well: nobody can tell
    /// any more with which browser. Of simultaneous calls exactly one is answered.
    func deny(_ digest: TokenDigest, at now: Instant) async throws -> DeniableSignIn?
}

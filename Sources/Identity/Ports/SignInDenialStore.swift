import OAuth

/// Links by which a person denies a sign-in.
package protocol SignInDenialStore: Sendable {
    /// Changes nothing; `nil` for a link that cannot be used.
    func deniableSignIn(_ digest: TokenDigest, at now: Instant) async throws -> DeniableSignIn?

    /// Spends the link, ends the session with every grant that came from it, offline ones too, and forgets its browser, in
    /// one step. Of simultaneous calls exactly one is answered.
    func deny(_ digest: TokenDigest, at now: Instant) async throws -> DeniableSignIn?
}

/// What people decided about their sign-in.
package protocol PreferenceStore: Sendable {
    /// The defaults for somebody who never decided.
    func preferences(of accountID: String) async throws -> Preferences

    /// Writes one decision and leaves the others alone, with the mail that tells of it, in one step. Of simultaneous calls with
    /// different decisions none is lost; of those with the same one, one is told. `false`, and nothing done, when that is
    /// how it was.
    func decide(
        _ decision: Preferences.Decision, of accountID: String, mailing letters: [SealedLetter]
    ) async throws -> Bool
}

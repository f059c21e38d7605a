/// What people decided about their sign-in.
package protocol PreferenceStore: Sendable {
    /// The defaults for somebody who never decided.
    func preferences(of accountID: String) async throws -> Preferences

    /// Writes them, and the mail that tells of it, in one step.
    func setPreferences(_ preferences: Preferences, of accountID: String, mailing letters: [SealedLetter]) async throws
}

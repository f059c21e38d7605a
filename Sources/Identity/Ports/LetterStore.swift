import OAuth

/// For news that no other write brings about.
package protocol LetterStore: Sendable {
    /// Puts a letter into the outbox by itself.
    func post(_ letter: SealedLetter) async throws
}

import Identity

@testable import Storage

extension Store {
    /// Puts letters into the outbox that nothing has caused.
    func post(_ letters: [SealedLetter]) async throws {
        try await database.write { connection in
            for letter in letters { try connection.post(letter) }
        }
    }
}

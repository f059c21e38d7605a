import Identity
import OAuth

extension Store: LetterStore {
    package func post(_ letter: SealedLetter) async throws {
        try await database.write { connection in try connection.post(letter) }
    }
}

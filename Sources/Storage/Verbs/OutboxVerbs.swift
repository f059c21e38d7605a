import Identity
import OAuth

extension SQLConnection {
    /// Puts a letter into the outbox, in the write that causes it: both are there afterwards, or neither.
    func post(_ letter: SealedLetter) throws {
        try insert(
            into: "outbox",
            [
                "id": .text(letter.id),
                "kind": .text(letter.kind.rawValue),
                "account_id": .text(letter.accountID),
                "sealed_letter": .bytes(letter.sealed),
                "created_at": .instant(letter.createdAt),
                "expires_at": .instant(letter.expiresAt),
                "due_at": .instant(letter.createdAt),
                "attempts": .integer(0),
                "is_blank": .flag(letter.isBlank),
            ])
    }
}

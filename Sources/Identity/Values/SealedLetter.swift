import OAuth

/// A letter as the outbox keeps it: who it is for and what it carries cannot be read from the database (CR3).
///
/// Verbs that cause mail take one and write it in their own transaction.
package struct SealedLetter: Sendable, Equatable {
    package let id: String
    package let kind: Letter.Kind
    package let accountID: String?
    package let sealed: [UInt8]
    package let createdAt: Instant
    package let expiresAt: Instant
    /// For nobody: it is written, opened and put into words like any other, so that an address nobody has costs as much
    /// time as one that somebody has (PW10), and thrown away unsent.
    package let isBlank: Bool
    /// Seconds from its writing to when it may be sent; see `Postbox`. Behind a letter that waited in the outbox.
    package let pause: Int64

    package init(
        id: String, kind: Letter.Kind, accountID: String?, sealed: [UInt8], createdAt: Instant, expiresAt: Instant,
        isBlank: Bool, pause: Int64 = 0
    ) {
        self.id = id
        self.kind = kind
        self.accountID = accountID
        self.sealed = sealed
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.isBlank = isBlank
        self.pause = pause
    }
}

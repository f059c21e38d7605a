import OAuth

/// The outbox as whoever sends the mail sees it. Verbs that cause mail write into it in their own transaction.
package protocol OutboxStore: Sendable {
    /// Takes letters that are due, the longest waiting first, and keeps everybody else from them for the time of the
    /// lease. Atomic: of two processes each letter goes to one. Letters about accounts that are gone are
    /// thrown away here.
    func claimLetters(_ limit: Int, leasing seconds: Int64, at now: Instant) async throws -> [ClaimedLetter]

    /// It is sent, or nobody wants it any more. `false`, and nothing done, when the lease was lost to another.
    func remove(_ letter: ClaimedLetter) async throws -> Bool

    /// It is tried again at that time. `false`, and nothing done, when the lease was lost to another.
    func postpone(_ letter: ClaimedLetter, until time: Instant) async throws -> Bool

    /// Removes letters that nobody is sending and that have expired, and says which.
    func removeExpiredLetters(_ limit: Int, at now: Instant) async throws -> [ExpiredLetter]

    func outboxFigures(at now: Instant) async throws -> OutboxFigures
}

/// A letter that one process is sending.
package struct ClaimedLetter: Sendable, Equatable {
    package let letter: SealedLetter
    /// The first attempt is 1. It is also the proof of the lease: whoever claims it next counts on.
    package let attempt: Int64

    package init(letter: SealedLetter, attempt: Int64) {
        self.letter = letter
        self.attempt = attempt
    }
}

/// A letter that was never sent.
package struct ExpiredLetter: Sendable, Equatable {
    package let kind: String
    package let accountID: String?
    package let isBlank: Bool

    package init(kind: String, accountID: String?, isBlank: Bool) {
        self.kind = kind
        self.accountID = accountID
        self.isBlank = isBlank
    }
}

/// How the outbox stands.
package struct OutboxFigures: Sendable, Equatable {
    package let waiting: Int64
    /// Of those, the ones that may be sent now.
    package let due: Int64
    /// And the ones that may not be sent any more.
    package let expired: Int64
    package let oldest: Instant?

    package init(waiting: Int64, due: Int64, expired: Int64, oldest: Instant?) {
        self.waiting = waiting
        self.due = due
        self.expired = expired
        self.oldest = oldest
    }
}

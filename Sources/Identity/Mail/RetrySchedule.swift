import OAuth

/// When a mail that was not taken is tried again: soon at first, for people wait for it, then ever later.
package enum RetrySchedule {
    /// Seconds after the first, second… attempt; after the last of them each further one.
    private static let pauses: [Int64] = [10, 60, 300, 900, 3600]

    /// `nil` when the letter will have expired by then: it is given up at once, and never sent late.
    package static func next(after attempt: Int64, of letter: SealedLetter, at now: Instant) -> Instant? {
        let index = Int(min(max(attempt - 1, 0), Int64(pauses.count - 1)))
        let next = now + pauses[index]
        return next < letter.expiresAt ? next : nil
    }
}

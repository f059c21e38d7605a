import OAuth

/// Attempt counters that outlive a restart and are shared by processes (PW7).
package protocol ThrottleStore: Sendable {
    /// Counts one attempt on every key *before* anything is checked, and says how many attempts each key
    /// now has in its window. A window that has run out starts anew. Atomic: simultaneous attempts are all
    /// counted.
    func count(_ lanes: [ThrottleLane], at now: Instant) async throws -> [ThrottleCount]

    /// How many attempts each key has in its window, in their order; changes nothing.
    func attempts(_ keys: [String], at now: Instant) async throws -> [Int64]

    /// Forgets one key after a success. Never touches another key's counter (PW8).
    func clear(_ key: String) async throws

    /// Forgets `own`, and takes one attempt back from each of the others whose window still runs, in one write.
    func succeed(_ own: String, others: [String], at now: Instant) async throws
}

/// One counter: a key that names no person in clear, and its window.
package struct ThrottleLane: Sendable, Equatable {
    package let key: String
    package let limit: Int64
    /// Seconds.
    package let window: Int64

    package init(key: String, limit: Int64, window: Int64) {
        self.key = key
        self.limit = limit
        self.window = window
    }
}

package struct ThrottleCount: Sendable, Equatable {
    package let attempts: Int64
    package let windowEndsAt: Instant

    package init(attempts: Int64, windowEndsAt: Instant) {
        self.attempts = attempts
        self.windowEndsAt = windowEndsAt
    }
}

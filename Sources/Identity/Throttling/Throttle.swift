import Cryptography
import OAuth

/// Counts attempts in lanes, and says when a lane is full (PW7-PW9, IN9).
///
/// Lanes instead of lockouts: an attempt runs in the lanes of where it comes from, so nobody's guessing fills
/// the lane of somebody else. A fixed window that starts at its first attempt is refused until it ends; further
/// attempts do not prolong it.
package struct Throttle: Sendable {
    package enum Decision: Sendable, Equatable {
        case admitted
        /// The limit's name, and the seconds until its window ends.
        case refused(by: String, retryAfter: Int64)
    }

    private let store: any ThrottleStore
    private let key: [UInt8]

    /// `key`: 32 bytes derived from the master key for this purpose alone.
    package init(store: any ThrottleStore, key: [UInt8]) {
        self.store = store
        self.key = key
    }

    /// The lane of these parts under a limit. Storage sees their HMAC: addresses of people, and of people who
    /// do not exist, are not to be read from counters.
    package func lane(_ limit: ThrottleLimit, _ parts: [UInt8]...) -> ThrottleLane {
        var message: [UInt8] = []
        for part in [Array(limit.name.utf8)] + parts {
            withUnsafeBytes(of: UInt64(part.count).bigEndian) { message.append(contentsOf: $0) }
            message.append(contentsOf: part)
        }
        let mark = Base64URL.encode(HMACSHA256.authenticate(message, key: key))
        return ThrottleLane(key: limit.name + ":" + mark, limit: limit.attempts, window: limit.window)
    }

    /// Counts an attempt lane by lane, the narrowest first, before anything is checked, and stops at the first
    /// full one: what is refused there touches no wider lane, so that one lane's traffic cannot fill another.
    package func admit(_ lanes: [ThrottleLane], at now: Instant) async throws -> Decision {
        for lane in lanes {
            let counts = try await store.count([lane], at: now)
            guard let count = counts.first, count.attempts <= lane.limit else {
                let name = String(lane.key.prefix { $0 != ":" })
                let rest = counts.first?.windowEndsAt.seconds(since: now) ?? lane.window
                return .refused(by: name, retryAfter: min(max(1, rest), max(1, lane.window)))
            }
        }
        return .admitted
    }

    /// Counts in all of them, for whoever asks later.
    package func note(_ lanes: [ThrottleLane], at now: Instant) async throws {
        _ = try await store.count(lanes, at: now)
    }

    /// How many attempts each lane has seen in its window; counts nothing.
    package func attempts(in lanes: [ThrottleLane], at now: Instant) async throws -> [Int64] {
        try await store.attempts(lanes.map(\.key), at: now)
    }

    /// Forgets one lane after a success in it (PW8: never another).
    package func clear(_ lane: ThrottleLane) async throws {
        try await store.clear(lane.key)
    }

    /// An admitted attempt turned out right. Its own lane, the first, is forgotten; in the others only failures
    /// count (PW7), so this one attempt is taken back, and none of anybody else's (PW8).
    package func succeed(in lanes: [ThrottleLane], at now: Instant) async throws {
        guard let own = lanes.first else { return }
        try await store.succeed(own.key, others: lanes.dropFirst().map(\.key), at: now)
    }
}

import OAuth

/// How long somebody who proved one factor stays signed in, in seconds (SE3; NIST SP 800-63B-4 §2.1.3).
package struct SessionLifetimes: Sendable, Equatable {
    /// From sign-in on, whatever happens.
    package let absolute: Int64
    /// From the last request on.
    package let idle: Int64

    package init(absolute: Int64 = 30 * 86400, idle: Int64 = 14 * 86400) {
        self.absolute = max(1, absolute)
        self.idle = max(1, idle)
    }

    func end(from start: Instant) -> Instant { start + absolute }

    /// Moving the idle end never moves the absolute one.
    func idleEnd(from now: Instant, within end: Instant) -> Instant { min(now + idle, end) }
}

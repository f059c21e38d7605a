import Foundation

/// A point in time in whole seconds since 1970-01-01T00:00:00Z: the `NumericDate` of RFC 7519 §2 and
/// the only form in which time is stored. Arithmetic saturates, because lifetimes come from settings
/// and registrations and must not be able to trap.
package struct Instant: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.seconds < right.seconds
    }

    package static func + (instant: Self, span: Int64) -> Self {
        let (sum, overflow) = instant.seconds.addingReportingOverflow(span)
        return Self(seconds: overflow ? (span < 0 ? .min : .max) : sum)
    }

    /// Seconds from `earlier` to this instant; negative when `earlier` lies ahead.
    package func seconds(since earlier: Self) -> Int64 {
        let (difference, overflow) = seconds.subtractingReportingOverflow(earlier.seconds)
        return overflow ? (seconds < earlier.seconds ? .min : .max) : difference
    }

    package var description: String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}

/// Where rooms read the time. Rules never hold one: they are told `at now:`.
package protocol WallClock: Sendable {
    var now: Instant { get }
}

/// The system's clock.
package struct SystemClock: WallClock {
    package init() {}

    package var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(seconds: Int64(time.tv_sec))
    }
}

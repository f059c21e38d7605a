/// So many attempts in so many seconds. The name keeps the keys of one limit apart from those of others, and
/// says in the log which one refused.
package struct ThrottleLimit: Sendable, Equatable {
    package let name: String
    package let attempts: Int64
    /// Seconds.
    package let window: Int64

    package init(_ name: String, attempts: Int64, window: Int64) {
        self.name = name
        self.attempts = attempts
        self.window = window
    }
}

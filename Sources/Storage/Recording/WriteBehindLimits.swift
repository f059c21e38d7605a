/// How much may wait, and how it goes out.
package struct WriteBehindLimits: Sendable {
    /// The most elements in memory, those being written included.
    package let places: Int
    /// The most in one write. So many waiting are not kept waiting longer.
    package let batch: Int
    /// How long a first element waits for company.
    package let pause: Duration

    package init(places: Int = 10_000, batch: Int = 500, pause: Duration = .milliseconds(200)) {
        self.places = max(2, places)
        self.batch = max(1, min(batch, places))
        self.pause = pause
    }
}

/// What whoever runs the house should hear of.
package enum WriteBehindReport: Sendable, Equatable {
    /// Nothing can be written now; told once, at the first failure of a series.
    case failing(String)
    /// It works again after so many failures.
    case writing(after: Int)
    /// So many elements will never be written.
    case lost(Int)
}

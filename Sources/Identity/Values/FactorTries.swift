import OAuth

/// How tries are counted, before anything is checked (MF4).
package struct FactorTries: Sendable, Equatable {
    /// Wrong tries in a row, whichever factor they were for, before the lock.
    package var limit: Int64 = 5
    /// Seconds.
    package var lockout: Int64 = 900

    package init(limit: Int64 = 5, lockout: Int64 = 900) {
        self.limit = limit
        self.lockout = lockout
    }
}

/// What became of one.
package enum FactorTry: Sendable, Equatable {
    /// `isLast`: with this one the lock falls, unless it is right.
    case admitted(isLast: Bool)
    case locked(until: Instant)
}

import OAuth
import Synchronization

/// How many refusals of one kind become rows within a minute. Strangers can cause refusals as fast as they can
/// send; the log tells each of them, but nobody may fill the database by knocking. What is over the budget is
/// counted by kind, and the count becomes a row.
final class RefusalBudget: Sendable {
    enum Verdict: Equatable {
        case kept
        /// Kept, and the first after a window in which these were not.
        case first(omitted: [String: Int])
        case exhausted
    }

    private struct Window {
        var endsAt = ContinuousClock.now
        var counts: [AuditEvent.Kind: Int] = [:]
        var omitted: [String: Int] = [:]
    }

    private let most: Int
    private let length: Duration
    private let window = Mutex(Window())

    init(most: Int = 1000, in length: Duration = .seconds(60)) {
        self.most = most
        self.length = length
    }

    func take(_ kind: AuditEvent.Kind, at now: ContinuousClock.Instant = .now) -> Verdict {
        window.withLock { window in
            var omitted: [String: Int] = [:]
            if now >= window.endsAt {
                omitted = window.omitted
                window = Window(endsAt: now + length)
            }
            let isCounted = kind.outcome == .refused && kind != .reuseDetected && kind != .eventsOmitted
            if isCounted {
                window.counts[kind, default: 0] += 1
                guard window.counts[kind, default: 0] <= most else {
                    window.omitted[kind.rawValue, default: 0] += 1
                    return .exhausted
                }
            }
            return omitted.isEmpty ? .kept : .first(omitted: omitted)
        }
    }

    /// What is still to be told when everything ends.
    func settle() -> [String: Int] {
        window.withLock { window in
            defer { window.omitted = [:] }
            return window.omitted
        }
    }
}

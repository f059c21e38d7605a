import OAuth
import Synchronization

/// Leaves a provider alone that has failed several times running, so that nobody waits five seconds for nothing and nothing
/// of this house is held meanwhile (SO9). Its state is of this process alone.
final class Breaker: Sendable {
    static let outages = 5
    /// Seconds.
    static let rest: Int64 = 30

    private struct State {
        var failures = 0
        var openedAt: Instant?
        var trialAt: Instant?
    }

    private let state = Mutex(State())

    /// Whether it is left alone.
    func isOpen(at now: Instant) -> Bool {
        state.withLock { Self.isWithin($0.openedAt, now) }
    }

    /// Whether somebody may ask: anybody while it works, and one, for a trial, when its rest is over.
    func admits(at now: Instant) -> Bool {
        state.withLock { state in
            guard state.openedAt != nil else { return true }
            guard !Self.isWithin(state.openedAt, now), !Self.isWithin(state.trialAt, now) else { return false }
            state.trialAt = now
            return true
        }
    }

    func noteOutage(at now: Instant) {
        state.withLock { state in
            state.failures = min(state.failures + 1, Self.outages)
            guard state.failures >= Self.outages else { return }
            state.openedAt = now
            state.trialAt = nil
        }
    }

    /// It answered, be it that it refused.
    func noteAnswer() {
        state.withLock { $0 = State() }
    }

    /// Nothing was learnt.
    func withdraw() {
        state.withLock { $0.trialAt = nil }
    }

    /// A clock that was put back does not make it longer.
    private static func isWithin(_ begin: Instant?, _ now: Instant) -> Bool {
        begin.map { (0..<rest).contains(now.seconds(since: $0)) } ?? false
    }
}

import Synchronization

/// How long a wrong password is answered after, at least, while there are imported hashes (PW10).
///
/// A Django hash takes a third of a second and one of ours twenty milliseconds: an answer as soon as it is known
/// would say who has an account. So every no waits, from when its hash began, until the dearest hash in the
/// database would have been computed as well. Waiting costs no core; under load, and where somebody measures
/// thousands of times, differences may be left, which the limits on attempts are for. When the last imported hash
/// is gone nobody waits any longer.
package final class Patience: Sendable {
    /// Machines are not equally fast twice.
    private static let reserve = 1.25
    /// What `HashCeiling` lets through on a slow machine.
    private static let most = Duration.seconds(4)

    private let spans = Mutex<[String: Duration]>([:])
    private let pause: @Sendable (ContinuousClock.Instant) async throws -> Void

    /// Tests put something quicker in the place of `pause`.
    package init(
        pause: @escaping @Sendable (ContinuousClock.Instant) async throws -> Void = { end in
            try await Task.sleep(until: end, clock: .continuous)
        }
    ) {
        self.pause = pause
    }

    /// How long the dearest takes, with a reserve.
    package var span: Duration {
        min((spans.withLock { $0.values.max() } ?? .zero) * Self.reserve, Self.most)
    }

    /// A password that has two spellings has both of them compared.
    func wait(since began: ContinuousClock.Instant, spellings: Int) async throws {
        let span = span * spellings
        guard span > .zero else { return }
        try await pause(began + span)
    }

    /// Forgets what is no longer among the costs, and says what is to be measured.
    func unknown(of costs: Set<String>) -> [String] {
        spans.withLock { spans in
            spans = spans.filter { costs.contains($0.key) }
            return costs.filter { spans[$0] == nil }.sorted()
        }
    }

    func learn(_ cost: String, takes span: Duration) {
        spans.withLock { $0[cost] = span }
    }
}

import OAuth

/// What is fetched once and kept for an hour, however many ask at the same time: a discovery document, a key set. A failure is
/// never kept.
///
/// The fetch belongs to all who wait for it, so it goes on when the first of them has given up.
actor Remembered<Value: Sendable> {
    typealias Outcome = Result<Value, UpstreamFault>

    /// Seconds.
    private let lifetime: Int64 = 3600
    /// Seconds between two fetches while there is one to go on with (SO13).
    private let pause: Int64 = 60
    private var kept: (value: Value, at: Instant)?
    private var triedAt: Instant?
    private var running: Task<Outcome, Never>?

    /// - Parameter isGood: whether it has what is looked for. If not, it may be newer there: asked once a minute at most,
    ///   whoever sends whatever to look for.
    func value(
        at now: Instant, isGood: @Sendable (Value) -> Bool = { _ in true },
        fetch: @escaping @Sendable () async -> Outcome
    ) async throws(UpstreamFault) -> Value {
        if let kept, isWithin(lifetime, kept.at, now) {
            if isGood(kept.value) { return kept.value }
            if running == nil, let triedAt, isWithin(pause, triedAt, now) { return kept.value }
        }
        return try await (running ?? begin(fetch, at: now)).value.get()
    }

    private func begin(_ fetch: @escaping @Sendable () async -> Outcome, at now: Instant) -> Task<Outcome, Never> {
        triedAt = now
        let task = Task {
            let outcome = await fetch()
            end(outcome, at: now)
            return outcome
        }
        running = task
        return task
    }

    private func end(_ outcome: Outcome, at now: Instant) {
        running = nil
        if case .success(let value) = outcome { kept = (value, now) }
    }

    /// A clock that was put back makes everything old.
    private func isWithin(_ span: Int64, _ begin: Instant, _ now: Instant) -> Bool {
        (0..<span).contains(now.seconds(since: begin))
    }
}

import Dispatch

/// What waits in a queue: jobs for a thread, and threads for a job.
///
/// Jobs that may share a transaction or an exchange are left to the threads that are at such work already, since together
/// they cost little more than one. Another thread takes them when more wait than go together, or when one has waited
/// longer than such work takes: for that a thread keeps watch.
struct WaitingJobs {
    /// What a thread that is free does.
    enum Turn {
        case work([Job])
        /// Until its bell rings.
        case rest
        /// For so long.
        case watch(Duration)
        /// For ever: the queue is closed.
        case leave
    }

    private(set) var jobs: [Job] = []
    private(set) var isClosed = false
    /// What wakes the threads that rest, one each.
    private(set) var bells: [DispatchSemaphore] = []
    private var isWatched = false
    /// How many threads are at jobs that share.
    private var sharing = 0

    /// As many as fill one transaction or one exchange.
    private static let crowd = 16

    /// An exchange takes a fraction of it, a commit hardly more, unless something is slow.
    private static let patience = Duration.milliseconds(2)

    /// Whom to wake for it, if anybody.
    mutating func add(_ job: Job) -> DispatchSemaphore? {
        jobs.append(job)
        return isWatched && !isUrgent(at: job.asked) ? nil : bells.popLast()
    }

    /// How many threads have nothing to do.
    var threads: Int { bells.count + (isWatched ? 1 : 0) }

    /// What the thread with this bell does next. `choose` takes at least one job. Who is counted says `ended` after it.
    mutating func turn(
        of bell: DispatchSemaphore, at now: ContinuousClock.Instant, isCounted: Bool,
        choose: (inout [Job]) -> [Job]
    ) -> Turn {
        guard !isClosed else { return .leave }
        guard !jobs.isEmpty, isUrgent(at: now) || !isWatched else {
            bells.append(bell)
            return .rest
        }
        guard isUrgent(at: now) else {
            isWatched = true
            return .watch(jobs.first.map { Self.patience - (now - $0.asked) } ?? .zero)
        }
        let taken = choose(&jobs)
        if isCounted, taken.first?.kind.shares == true { sharing += 1 }
        return .work(taken)
    }

    mutating func watchEnded() { isWatched = false }

    mutating func ended(_ taken: [Job]) {
        if taken.first?.kind.shares == true { sharing -= 1 }
    }

    /// After some have been taken: somebody for the rest.
    mutating func bellForTheRest(at now: ContinuousClock.Instant) -> DispatchSemaphore? {
        jobs.isEmpty || (isWatched && !isUrgent(at: now)) ? nil : bells.popLast()
    }

    /// Nothing waits any more, and nobody; gives both.
    mutating func close() -> (jobs: [Job], bells: [DispatchSemaphore]) {
        defer { (jobs, bells, isClosed) = ([], [], true) }
        return (jobs, bells)
    }

    /// Whether a thread that is free is to take the first: for its own sake, or for one behind it that shares with nobody.
    private func isUrgent(at now: ContinuousClock.Instant) -> Bool {
        guard let first = jobs.first else { return false }
        return sharing == 0 || jobs.count > Self.crowd || now - first.asked >= Self.patience
            || jobs.contains { !$0.kind.shares }
    }
}

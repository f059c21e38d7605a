import Dispatch
import Synchronization

/// Jobs waiting for a thread. Whoever adds one never waits: only the threads that take them do. Of those that wait the one
/// that came last gets the next job: its connection is open and its memory warm, and who is not needed opens none.
final class JobQueue: Sendable {
    private struct State {
        var waiting: [Job] = []
        var isClosed = false
        /// What wakes the threads that wait for a job, one each.
        var bells: [DispatchSemaphore] = []
    }

    private let state = Mutex(State())

    /// How many jobs wait for a thread, and how many threads for a job.
    var figures: (jobs: Int, threads: Int) { state.withLock { ($0.waiting.count, $0.bells.count) } }

    /// Comes back with the job's result, or with `.unavailable` when the queue closes first.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result, kind: Job.Kind = .transaction
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { add(Job(body, kind: kind, for: $0)) }
    }

    /// Waits for jobs; `nil` once the queue is closed.
    func take(atMost limit: Int) -> [Job]? {
        whenFilled { waiting in
            let taken = Array(waiting.prefix(limit))
            waiting.removeFirst(taken.count)
            return taken
        }
    }

    /// Waits for the first job, and gives with it those that may share its transaction; `nil` once the queue is closed.
    func takeTogether(atMost limit: Int) -> [Job]? {
        whenFilled { waiting in
            guard waiting.first?.kind == .conditionalWrite else { return [waiting.removeFirst()] }
            var taken: [Job] = []
            waiting.removeAll { job in
                guard job.kind == .conditionalWrite, taken.count < limit else { return false }
                taken.append(job)
                return true
            }
            return taken
        }
    }

    /// `choose` is given at least one job, and takes those it wants.
    private func whenFilled(_ choose: (inout [Job]) -> [Job]) -> [Job]? {
        let bell = DispatchSemaphore(value: 0)
        while true {
            let (jobs, isClosed): ([Job], Bool) = state.withLock { state in
                guard !state.isClosed else { return ([], true) }
                guard !state.waiting.isEmpty else {
                    state.bells.append(bell)
                    return ([], false)
                }
                return (choose(&state.waiting), false)
            }
            guard !isClosed else { return nil }
            guard jobs.isEmpty else { return jobs }
            bell.wait()
        }
    }

    /// What still waits is told so; what a thread has taken already ends in its own way.
    func close() {
        let (abandoned, bells) = state.withLock { state in
            defer { (state.waiting, state.bells) = ([], []) }
            state.isClosed = true
            return (state.waiting, state.bells)
        }
        for bell in bells { bell.signal() }
        for job in abandoned { job.fail(Self.closed) }
    }

    private func add(_ job: Job) {
        let (isAccepted, bell): (Bool, DispatchSemaphore?) = state.withLock { state in
            guard !state.isClosed else { return (false, nil) }
            state.waiting.append(job)
            return (true, state.bells.popLast())
        }
        bell?.signal()
        if !isAccepted { job.fail(Self.closed) }
    }

    private static let closed = StorageError.unavailable("it has been closed")
}

extension EngineFigures {
    /// - Parameters:
    ///   - connections: how many there are, each on a thread of its own.
    ///   - ready: those beside that need none.
    init(reads: JobQueue, writes: JobQueue, connections: Int, ready: (all: Int, idle: Int) = (0, 0)) {
        let (reads, writes) = (reads.figures, writes.figures)
        let idle = min(connections, reads.threads + writes.threads)
        self.init(
            waitingReads: reads.jobs, waitingWrites: writes.jobs,
            busyConnections: connections - idle + ready.all - ready.idle, idleConnections: idle + ready.idle)
    }
}

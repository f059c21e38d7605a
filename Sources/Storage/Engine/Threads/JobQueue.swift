import Dispatch
import Foundation
import Synchronization

/// Jobs waiting for a thread. Whoever adds one never waits: only the threads that take them do. Of those that wait the one
/// that came last gets the next job: its connection is open and its memory warm, and who is not needed opens none.
final class JobQueue: Sendable {
    private let state = Mutex(WaitingJobs())

    /// How many jobs wait for a thread, and how many threads for a job.
    var figures: (jobs: Int, threads: Int) { state.withLock { ($0.jobs.count, $0.threads) } }

    /// Comes back with the job's result, or with `.unavailable` when the queue closes first.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result, isConditional: Bool = false
    ) async throws -> Result {
        try await withCheckedThrowingContinuation {
            add(Job(body, kind: isConditional ? .conditionalWrite : .transaction, for: $0))
        }
    }

    /// The rows of one statement, which reads.
    func lookUp(_ statement: SQLStatement) async throws -> [Row] {
        try await withCheckedThrowingContinuation {
            add(Job(statement, kind: .lookUp, then: { rows, _ in rows }, for: $0))
        }
    }

    /// One statement, and what follows from its rows.
    func run<Result: Sendable>(
        _ first: SQLStatement, then body: @escaping @Sendable ([Row], any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation {
            add(Job(first, kind: .conditionalWrite, then: body, for: $0))
        }
    }

    /// Waits for jobs; `nil` once the queue is closed.
    func take(atMost limit: Int) -> [Job]? {
        whenFilled(DispatchSemaphore(value: 0), isCounted: false) { jobs in
            let taken = Array(jobs.prefix(limit))
            jobs.removeFirst(taken.count)
            return taken
        }
    }

    /// Until the queue is closed: works off the first job that comes, and with it those that may share its transaction or
    /// its exchange.
    func takeTogether(atMost limit: Int, _ work: ([Job]) -> Void) {
        let bell = DispatchSemaphore(value: 0)
        while let batch = whenFilled(bell, isCounted: true, { Self.takeTogether(&$0, atMost: limit) }) {
            work(batch)
            state.withLock { $0.ended(batch) }
        }
    }

    static func takeTogether(_ jobs: inout [Job], atMost limit: Int) -> [Job] {
        guard let kind = jobs.first?.kind, kind.shares else { return [jobs.removeFirst()] }
        var taken: [Job] = []
        jobs.removeAll { job in
            guard job.kind == kind, taken.count < limit else { return false }
            taken.append(job)
            return true
        }
        return taken
    }

    /// `choose` is given at least one job, and takes those it wants.
    private func whenFilled(
        _ bell: DispatchSemaphore, isCounted: Bool, _ choose: (inout [Job]) -> [Job]
    ) -> [Job]? {
        while true {
            let (turn, next) = state.withLock { waiting in
                let now = ContinuousClock.now
                let turn = waiting.turn(of: bell, at: now, isCounted: isCounted, choose: choose)
                guard case .work = turn else { return (turn, nil as DispatchSemaphore?) }
                return (turn, waiting.bellForTheRest(at: now))
            }
            next?.signal()
            switch turn {
            case .work(let jobs): return jobs
            case .rest: bell.wait()
            case .watch(let time):
                // Whoever adds a job wakes nobody then, so that it is not asked whether there is something: it is time that
                // makes it this thread's.
                Thread.sleep(forTimeInterval: time / .seconds(1))
                state.withLock { $0.watchEnded() }
            case .leave: return nil
            }
        }
    }

    /// What still waits is told so; what a thread has taken already ends in its own way.
    func close() {
        let (abandoned, bells) = state.withLock { $0.close() }
        for bell in bells { bell.signal() }
        for job in abandoned { job.fail(Self.closed) }
    }

    private func add(_ job: Job) {
        let (isAccepted, bell): (Bool, DispatchSemaphore?) = state.withLock { waiting in
            waiting.isClosed ? (false, nil) : (true, waiting.add(job))
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

import Foundation

/// Jobs waiting for a thread. Whoever adds one never waits: only the threads that take them do.
///
/// `@unchecked Sendable`: both variables are touched under `condition` alone.
final class JobQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [Job] = []
    private var isClosed = false
    private var idleThreads = 0

    /// How many jobs wait for a thread, and how many threads for a job.
    var figures: (jobs: Int, threads: Int) { condition.withLock { (waiting.count, idleThreads) } }

    /// Comes back with the job's result, or with `.unavailable` when the queue closes first.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result, kind: Job.Kind = .transaction
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { add(Job(body, kind: kind, for: $0)) }
    }

    /// Waits for jobs; `nil` once the queue is closed.
    func take(atMost limit: Int) -> [Job]? {
        condition.withLock {
            guard isOpenAndFilled() else { return nil }
            let taken = Array(waiting.prefix(limit))
            waiting.removeFirst(taken.count)
            return taken
        }
    }

    /// Waits for the first job, and gives with it those that may share its transaction; `nil` once the queue is closed.
    func takeTogether(atMost limit: Int) -> [Job]? {
        condition.withLock {
            guard isOpenAndFilled(), let first = waiting.first else { return nil }
            guard first.kind == .conditionalWrite else { return [waiting.removeFirst()] }
            var taken: [Job] = []
            waiting.removeAll { job in
                guard job.kind == .conditionalWrite, taken.count < limit else { return false }
                taken.append(job)
                return true
            }
            return taken
        }
    }

    /// Under `condition`.
    private func isOpenAndFilled() -> Bool {
        idleThreads += 1
        while waiting.isEmpty, !isClosed { condition.wait() }
        idleThreads -= 1
        return !isClosed
    }

    /// What still waits is told so; what a thread has taken already ends in its own way.
    func close() {
        let abandoned = condition.withLock {
            defer { waiting = [] }
            isClosed = true
            condition.broadcast()
            return waiting
        }
        for job in abandoned { job.fail(Self.closed) }
    }

    private func add(_ job: Job) {
        let accepted = condition.withLock {
            guard !isClosed else { return false }
            waiting.append(job)
            condition.signal()
            return true
        }
        if !accepted { job.fail(Self.closed) }
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

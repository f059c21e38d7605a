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
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { add(Job(body, for: $0)) }
    }

    /// Waits for jobs; `nil` once the queue is closed.
    func take(atMost limit: Int) -> [Job]? {
        condition.withLock {
            idleThreads += 1
            while waiting.isEmpty, !isClosed { condition.wait() }
            idleThreads -= 1
            guard !isClosed else { return nil }
            let taken = Array(waiting.prefix(limit))
            waiting.removeFirst(taken.count)
            return taken
        }
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
    /// - Parameter connections: how many there are, each on a thread of its own.
    init(reads: JobQueue, writes: JobQueue, connections: Int) {
        let (reads, writes) = (reads.figures, writes.figures)
        let idle = min(connections, reads.threads + writes.threads)
        self.init(
            waitingReads: reads.jobs, waitingWrites: writes.jobs, busyConnections: connections - idle,
            idleConnections: idle)
    }
}

/// How an engine stands at this moment.
package struct EngineFigures: Sendable, Equatable {
    package let waitingReads: Int
    package let waitingWrites: Int
    package let busyConnections: Int
    package let idleConnections: Int

    /// - Parameter connections: how many there are, each on a thread of its own.
    init(reads: JobQueue, writes: JobQueue, connections: Int) {
        let (reads, writes) = (reads.figures, writes.figures)
        waitingReads = reads.jobs
        waitingWrites = writes.jobs
        idleConnections = min(connections, reads.threads + writes.threads)
        busyConnections = connections - idleConnections
    }
}

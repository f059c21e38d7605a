/// A reader: each job sees one state of the database, however many statements it runs. The write-ahead log
/// keeps that state readable beside the writer, so no read waits for a write.
struct SnapshotReads: Sendable {
    let jobs: JobQueue
    let connection: SQLiteConnection

    /// Until the queue closes. One job at a time: what this reader has not taken, the other one can.
    func run() {
        while let job = jobs.take(atMost: 1)?.first { read(job) }
        connection.close()
    }

    private func read(_ job: Job) {
        do {
            try connection.execute("BEGIN", [])
            let answer = try job.run(connection)
            try connection.execute("COMMIT", [])
            answer()
        } catch {
            if connection.isInTransaction { _ = try? connection.execute("ROLLBACK", []) }
            job.fail(error)
        }
    }
}

/// A reader: each job sees one state of the database, however many statements it runs.
struct PostgreSQLReads: Sendable {
    let jobs: JobQueue
    let reach: PostgreSQLReach

    /// Until the queue closes.
    func run() {
        let seat = PostgreSQLSeat(reach)
        while let job = jobs.take(atMost: 1)?.first {
            guard job.isFresh else { continue }
            read(job, seat)
        }
        seat.drop()
    }

    private func read(_ job: Job, _ seat: PostgreSQLSeat) {
        do {
            let connection = try seat.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            let answer = try job.run(connection)
            if let fault = connection.fault { throw fault.storageError }
            seat.clear()
            answer()
        } catch {
            seat.clear()
            job.fail(error)
        }
    }
}

/// A reader: each job sees one state of the database, however many statements it runs.
struct PostgreSQLReads: Sendable {
    let jobs: JobQueue
    let reach: PostgreSQLReach

    /// Who reads keeps no lock that others wait for, and a backup writes a page of its file between two statements, on
    /// however slow a disk.
    private static let patience = "SET idle_in_transaction_session_timeout = '10min'"

    /// Until the queue closes.
    func run() {
        let seat = PostgreSQLSeat(reach, preparing: Self.patience)
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

/// A reader: each job sees one state of the database, however many statements it runs. A look-up is one statement, and
/// spares the two exchanges that a transaction takes.
struct PostgreSQLReads: Sendable {
    let jobs: JobQueue
    let reach: PostgreSQLReach

    /// A look-up in no transaction cannot write either. Who reads keeps no lock that others wait for, and a backup writes a
    /// page of its file between two statements, on however slow a disk.
    private static let preparation =
        "SET default_transaction_read_only = on; SET idle_in_transaction_session_timeout = '10min'"

    /// Until the queue closes.
    func run() {
        let seat = PostgreSQLSeat(reach, preparing: Self.preparation)
        while let job = jobs.take(atMost: 1)?.first {
            guard job.isFresh else { continue }
            read(job, seat)
        }
        seat.drop()
    }

    private func read(_ job: Job, _ seat: PostgreSQLSeat) {
        guard job.kind != .lookUp else { return lookUp(job, seat) }
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

    private func lookUp(_ job: Job, _ seat: PostgreSQLSeat) {
        do {
            try seat.ask(job.run)()
        } catch {
            job.fail(error)
        }
    }
}

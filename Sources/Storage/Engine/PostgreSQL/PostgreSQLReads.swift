/// A reader: each job sees one state of the database, however many statements it runs. A look-up is one statement, and
/// spares the two exchanges that a transaction takes; those that wait together share one.
struct PostgreSQLReads: Sendable {
    let jobs: JobQueue
    let reach: PostgreSQLReach

    /// A look-up in no transaction cannot write either. Who reads keeps no lock that others wait for, and a backup writes a
    /// page of its file between two statements, on however slow a disk.
    private static let preparation =
        "SET default_transaction_read_only = on; SET idle_in_transaction_session_timeout = '10min'"

    /// How many look-ups share an exchange: few enough that none waits long for the others' answers.
    private static let most = 16

    /// Until the queue closes.
    func run() {
        let seat = PostgreSQLSeat(reach, preparing: Self.preparation)
        jobs.takeTogether(atMost: Self.most) { batch in
            let fresh = batch.filter(\.isFresh)
            guard fresh.first?.kind != .lookUp else { return lookUp(fresh, seat) }
            for job in fresh { read(job, seat) }
        }
        seat.drop()
    }

    private func read(_ job: Job, _ seat: PostgreSQLSeat) {
        do {
            let connection = try seat.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            let answer = try job.run(connection)
            try connection.settle()
            if let fault = connection.fault { throw fault.storageError }
            seat.clear()
            answer()
        } catch {
            seat.clear()
            job.fail(error)
        }
    }

    private func lookUp(_ jobs: [Job], _ seat: PostgreSQLSeat) {
        do {
            let answers = try seat.ask { connection in
                let rows = try connection.rows(together: jobs.compactMap(\.first?.statement))
                return try zip(jobs, rows).map { job, rows in try job.first?.go(rows, connection) }
            }
            for answer in answers { answer?() }
        } catch let failed as FailedStatement where jobs.indices.contains(failed.number) {
            guard jobs.count > 1 else { return jobs.forEach { $0.fail(failed.fault) } }
            // It takes the others with it; they go once more without it, and so does it, on a new connection, if the old one
            // was to blame.
            let job = jobs[failed.number]
            if !failed.isOfConnection { job.fail(failed.fault) }
            let others = jobs.indices.filter { $0 != failed.number }.map { jobs[$0] }.filter(\.isFresh)
            if !others.isEmpty { lookUp(others, seat) }
            if failed.isOfConnection, job.isFresh { lookUp([job], seat) }
        } catch StorageError.corrupt where jobs.count > 1 {
            // What one of them found cannot be read.
            for job in jobs where job.isFresh { lookUp([job], seat) }
        } catch {
            for job in jobs { job.fail(error) }
        }
    }
}

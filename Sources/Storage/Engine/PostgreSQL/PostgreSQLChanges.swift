/// Changes of the schema: one at a time on one database, and without the limits of what people wait for.
struct PostgreSQLChanges: Sendable {
    let jobs: JobQueue
    let reach: PostgreSQLReach

    /// Until the queue closes.
    func run() {
        let seat = PostgreSQLSeat(reach)
        while let job = jobs.take(atMost: 1)?.first { change(job, seat) }
        seat.drop()
    }

    /// READ COMMITTED: once the lock is ours, every statement sees what the one before us did. A table that is in
    /// use is not waited for long, for everybody who comes later would wait behind us.
    private func change(_ job: Job, _ seat: PostgreSQLSeat) {
        do {
            let connection = try seat.begin("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
            connection.patience = .seconds(3600)
            do throws(PostgreSQLFault) {
                try connection.command("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'")
                // Any number will do that every version of this program uses.
                try connection.command("SELECT pg_advisory_xact_lock(7236821390174521)")
                try connection.command("SET LOCAL lock_timeout = '5s'")
            } catch {
                throw error.storageError
            }
            let answer = try job.run(connection)
            try connection.commit()
            answer()
        } catch {
            seat.clear()
            job.fail(error)
        }
    }
}

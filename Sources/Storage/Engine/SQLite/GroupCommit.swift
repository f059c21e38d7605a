/// The one writer. All jobs that came while the last commit went to disk share the next commit, so the
/// busier it gets the more writes one fsync pays for; there is no timer, and a lone caller waits for nobody.
struct GroupCommit: Sendable {
    let jobs: JobQueue
    let connection: SQLiteConnection
    let listeners: ChangeListeners
    let meters: EngineMeters

    /// Bounds how long the first caller of a batch waits for the last.
    private static let mostJobs = 256

    private static let rolledBack = StorageError.unavailable("a transaction was rolled back")

    /// Until the queue closes.
    func run() {
        while let batch = jobs.take(atMost: Self.mostJobs) { commit(batch) }
        connection.close()
    }

    /// No caller hears anything before the commit: even a refusal may rest on what another job of the batch
    /// wrote, and that is not so until it is durable.
    private func commit(_ batch: [Job]) {
        do {
            try connection.execute("BEGIN IMMEDIATE", [])
            let answers = try together(batch) ?? batch.map(answer)
            let start = ContinuousClock.now
            try connection.execute("COMMIT", [])
            meters.commit.record(duration: ContinuousClock.now - start)
            meters.writesPerCommit.record(batch.count)
            for answer in answers { answer() }
            for topic in Set(connection.takeAnnouncements()) { listeners.tell(.topic(topic)) }
        } catch {
            rollBack()
            _ = connection.takeAnnouncements()
            for job in batch { job.fail(error) }
        }
    }

    /// Nearly all go well, and then none needs a way back of its own. `nil`, and nothing of it is left, when one fails:
    /// then each runs again, with one.
    private func together(_ batch: [Job]) throws -> [Job.Answer]? {
        do {
            return try batch.map { job in
                let answer = try job.run(connection)
                guard connection.isInTransaction else { throw Self.rolledBack }
                return answer
            }
        } catch {
            rollBack()
            _ = connection.takeAnnouncements()
            try connection.execute("BEGIN IMMEDIATE", [])
            return nil
        }
    }

    /// A job that fails is undone alone. Throws only when the whole transaction is lost.
    private func answer(_ job: Job) throws -> Job.Answer {
        try connection.execute("SAVEPOINT job", [])
        let announced = connection.takeAnnouncements()
        do {
            let answer = try job.run(connection)
            try connection.execute("RELEASE job", [])
            connection.announcements += announced
            return answer
        } catch {
            guard connection.isInTransaction else {
                throw (error as? StorageError) ?? Self.rolledBack
            }
            connection.announcements = announced
            try connection.execute("ROLLBACK TO job", [])
            try connection.execute("RELEASE job", [])
            return { job.fail(error) }
        }
    }

    private func rollBack() {
        guard connection.isInTransaction else { return }
        // Its only fault would be that nothing is left to roll back; a real one shows at the next BEGIN.
        _ = try? connection.execute("ROLLBACK", [])
    }
}

import Foundation

/// A writer: each job is a transaction of its own, at the level SERIALIZABLE.
///
/// Why that level, and no lower one: verbs look before they write. `createFirstAdministrator` asks whether there is
/// one, `open` whether the person is active, `finish` whether the session stands, `remember` joins a consent with the
/// one before, `keep` takes away the links it supersedes. At READ COMMITTED two of them could each look before the
/// other wrote: two first administrators, a session opened for somebody just disabled, a scope forgotten. At
/// SERIALIZABLE one of the two is refused (40001), runs again, and sees what the other did. The verbs that are one
/// conditional `UPDATE` would be right at any level.
struct PostgreSQLWrites: Sendable {
    let jobs: JobQueue
    let reach: PostgreSQLReach
    /// Those that lost against another write run again one after another, so that they do not lose again among
    /// themselves.
    let singleFile: NSLock
    let meters: EngineMeters

    /// How long a write is tried again after conflicts.
    private static let patience = Duration.seconds(5)

    /// Until the queue closes.
    func run() {
        let seat = PostgreSQLSeat(reach)
        while let job = jobs.take(atMost: 1)?.first {
            guard job.isFresh else { continue }
            write(job, seat)
        }
        seat.drop()
    }

    private func write(_ job: Job, _ seat: PostgreSQLSeat) {
        guard !settle(job, seat, isLast: false) else { return }
        singleFile.withLock {
            let end = ContinuousClock.now + Self.patience
            var pause = Pause(from: 0.001, to: 0.05)
            while !settle(job, seat, isLast: ContinuousClock.now > end) {
                Thread.sleep(forTimeInterval: pause.next())
            }
        }
    }

    /// Runs the job and tells its caller; `false`, and nobody told, when it lost against another write and is to
    /// run again.
    private func settle(_ job: Job, _ seat: PostgreSQLSeat, isLast: Bool) -> Bool {
        var connection: PostgreSQLConnection?
        do {
            let begun = try seat.begin("BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE")
            connection = begun
            let answer = try job.run(begun)
            let start = ContinuousClock.now
            try begun.commit()
            meters.commit.record(duration: ContinuousClock.now - start)
            meters.writesPerCommit.record(1)
            answer()
            return true
        } catch {
            let isConflict = connection?.fault?.isConflict ?? false
            seat.clear()
            if isConflict, !isLast { return false }
            job.fail(error)
            return true
        }
    }
}

extension PostgreSQLConnection {
    /// After a lost connection nobody knows whether the transaction is kept: that is neither success, nor may it
    /// be tried again here.
    func commit() throws {
        if let fault { throw fault.storageError }
        do throws(PostgreSQLFault) {
            // A transaction in which something failed is rolled back by its COMMIT, without a complaint.
            guard try command("COMMIT").tag == "COMMIT" else {
                throw PostgreSQLFault(state: "40000", "a transaction was rolled back")
            }
        } catch {
            fail(with: error)
            guard !isLost else {
                throw StorageError.unavailable(
                    "the connection was lost during a commit (\(error.message)): whether it was kept is not known")
            }
            throw error.storageError
        }
    }
}

extension Job {
    /// A caller that has waited long has been told by others to come back later; working off old jobs would
    /// only keep the new ones waiting.
    var isFresh: Bool {
        guard asked.duration(to: .now) > .seconds(10) else { return true }
        fail(StorageError.unavailable("all connections to PostgreSQL have been busy for 10 seconds"))
        return false
    }
}

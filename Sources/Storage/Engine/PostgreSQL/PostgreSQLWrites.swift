import Foundation

/// A writer. Most jobs are a transaction of their own, at the level SERIALIZABLE; those that decide nothing by what they
/// have read share one with whatever else of their kind has come meanwhile, at READ COMMITTED.
///
/// Why SERIALIZABLE, and no lower one: verbs look before they write. `createFirstAdministrator` asks whether there is
/// one, `open` whether the person is active, `finish` whether the session stands, `remember` joins a consent with the
/// one before, `keep` takes away the links it supersedes. At READ COMMITTED two of them could each look before the
/// other wrote: two first administrators, a session opened for somebody just disabled, a scope forgotten. At
/// SERIALIZABLE one of the two is refused (40001), runs again, and sees what the other did. The verbs that are one
/// conditional `UPDATE` are right at any level: what changes while it waits for a row is looked at again.
struct PostgreSQLWrites: Sendable {
    let jobs: JobQueue
    let reach: PostgreSQLReach
    /// Those that lost against another write run again one after another, so that they do not lose again among
    /// themselves.
    private let singleFile = NSLock()
    let meters: EngineMeters

    init(jobs: JobQueue, reach: PostgreSQLReach, meters: EngineMeters) {
        self.jobs = jobs
        self.reach = reach
        self.meters = meters
    }

    /// How long a write is tried again after conflicts.
    private static let patience = Duration.seconds(5)

    /// How many share a transaction. A crash of the server during a commit leaves all of them without an answer.
    private static let most = 16

    /// Until the queue closes.
    func run() {
        let seat = PostgreSQLSeat(reach)
        jobs.takeTogether(atMost: Self.most) { batch in
            let fresh = batch.filter(\.isFresh)
            if !fresh.isEmpty { write(fresh, seat) }
        }
        seat.drop()
    }

    private func write(_ batch: [Job], _ seat: PostgreSQLSeat) {
        guard !settle(batch, seat, isLast: false) else { return }
        for job in batch {
            singleFile.withLock {
                guard batch.count == 1 || job.isFresh else { return }
                let end = ContinuousClock.now + Self.patience
                var pause = Pause(from: 0.001, to: 0.05)
                while !settle([job], seat, isLast: ContinuousClock.now > end) {
                    Thread.sleep(forTimeInterval: pause.next())
                }
            }
        }
    }

    /// Runs the jobs and tells their callers; `false`, and nobody told, when each is to run again by itself: they lost
    /// against another write, or one of several failed and took the others with it.
    private func settle(_ batch: [Job], _ seat: PostgreSQLSeat, isLast: Bool) -> Bool {
        var connection: PostgreSQLConnection?
        var answers: [Job.Answer] = []
        do {
            let begun = try seat.begin(Self.beginning(of: batch))
            connection = begun
            try begun.rememberServer()
            answers = try Self.run(batch, begun)
            let start = ContinuousClock.now
            try begun.commit()
            meters.commit.record(duration: ContinuousClock.now - start)
            meters.writesPerCommit.record(batch.count)
            for answer in answers { answer() }
            return true
        } catch let lost as LostCommit {
            seat.drop()
            conclude(batch, answers, lost, seat)
            return true
        } catch {
            let isConflict = connection?.fault?.isConflict ?? false
            let isOfOne = connection?.isLost == false && batch.count > 1
            seat.clear()
            if isOfOne || (isConflict && !isLast) { return false }
            // What one of several throws for itself is no word about the others.
            let isOwn = batch.count > 1 && connection?.isLost == true && connection?.fault == nil
            let fault = (error as? FailedStatement)?.fault ?? error
            for job in batch { job.fail(isOwn ? StorageError.unavailable("the connection was lost") : fault) }
            return true
        }
    }

    /// The first statements of all that have one go together, and then each goes on. None of them looks at what another
    /// does: that is what lets them share a transaction.
    private static func run(_ batch: [Job], _ connection: PostgreSQLConnection) throws -> [Job.Answer] {
        guard batch.count > 1 else { return try batch.map { try $0.run(connection) } }
        var rows = try connection.rows(together: batch.compactMap(\.first?.statement))[...]
        return try batch.map { job in
            guard let first = job.first else { return try job.run(connection) }
            guard let found = rows.popFirst() else {
                throw StorageError.unavailable("a statement that was sent has no answer")
            }
            return try first.go(found, connection)
        }
    }
}

extension PostgreSQLWrites {
    /// Its number is asked for while there is nothing to lose: with it the server can say later what became of it.
    ///
    /// Who shares a transaction waits for no lock: two of them that wait for each other would stand still for a second, and
    /// all that are in them. By itself each may wait.
    private static func beginning(of batch: [Job]) -> String {
        let level = batch.allSatisfy { $0.kind == .conditionalWrite } ? "READ COMMITTED" : "SERIALIZABLE"
        let patience = batch.count > 1 ? "SET LOCAL lock_timeout = '100ms'; " : ""
        return "BEGIN ISOLATION LEVEL \(level) READ WRITE; \(patience)SELECT pg_current_xact_id()"
    }

    /// How long a caller waits at most until it is known what became of a commit, and how long is asked at least.
    private static let longestAsking = (sinceTheCall: Duration.seconds(9), atLeast: Duration.seconds(1))

    /// A commit was sent and its answer was lost. Told that it failed, an app would present a refresh token again
    /// that has been spent, and lose its grant; so the server is asked, as soon as it can be.
    private func conclude(_ batch: [Job], _ answers: [Job.Answer], _ lost: LostCommit, _ seat: PostgreSQLSeat) {
        let asked = batch.map(\.asked).min() ?? .now
        let end = max(asked + Self.longestAsking.sinceTheCall, .now + Self.longestAsking.atLeast)
        var pause = Pause(from: 0.02, to: 0.5)
        var fate: String?
        repeat {
            fate = try? seat.ask(lost.question)
            if ["committed", "aborted", "unknown"].contains(fate) { break }
            Thread.sleep(forTimeInterval: pause.next())
        } while ContinuousClock.now < end
        guard fate != "committed" else { return answers.forEach { $0() } }
        let outcome = fate == "aborted" ? "nothing of it was kept" : "whether it was kept is not known"
        for job in batch {
            job.fail(StorageError.unavailable("the connection was lost during a commit (\(lost.message)): \(outcome)"))
        }
    }
}

/// The connection was lost after `COMMIT` had been sent.
private struct LostCommit: Error {
    /// Figures alone.
    let transaction: String
    /// As of `PostgreSQLConnection.server`: figures and a point.
    let server: String
    let message: String

    /// What became of it. A server that crashed forgets the numbers of transactions whose log had not reached the
    /// disk, and gives them out again: then "committed" may be said of somebody else's.
    var question: String {
        """
        SELECT CASE WHEN \(PostgreSQLConnection.lastRecovery) = '\(server)' THEN pg_xact_status('\(transaction)') \
        WHEN '\(transaction)'::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) THEN 'aborted' \
        WHEN pg_xact_status('\(transaction)') = 'aborted' THEN 'aborted' ELSE 'unknown' END FROM pg_stat_bgwriter
        """
    }
}

extension PostgreSQLConnection {
    /// When the server began to count what it does: anew after each crash, and on each server a time of its own, but
    /// not after an orderly stop. Seconds since 1970.
    fileprivate static let lastRecovery = "coalesce(extract(epoch FROM stats_reset)::text, '')"

    /// Asked once: no connection outlives a crash.
    func rememberServer() throws {
        guard server == nil else { return }
        do throws(PostgreSQLFault) {
            server = try command("SELECT \(Self.lastRecovery) FROM pg_stat_bgwriter").word
        } catch {
            fail(with: error)
            throw error.storageError
        }
    }

    /// After a lost connection nobody knows yet whether the transaction is kept.
    func commit() throws {
        if let fault { throw fault.storageError }
        guard !isLost else { throw StorageError.unavailable("the connection was lost before the commit") }
        do throws(PostgreSQLFault) {
            // A transaction in which something failed is rolled back by its COMMIT, without a complaint.
            guard try command("COMMIT").tag == "COMMIT" else {
                throw PostgreSQLFault(state: "40000", "a transaction was rolled back")
            }
        } catch {
            fail(with: error)
            guard isLost else { throw error.storageError }
            guard let transaction, transaction.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let server else {
                throw StorageError.unavailable(
                    "the connection was lost during a commit (\(error.message)): whether it was kept is not known")
            }
            throw LostCommit(transaction: transaction, server: server, message: error.message)
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

import Dispatch
import Testing

@testable import Storage

@Suite("Who takes a job: those that may share are left to the thread that is at it, for two milliseconds")
struct WaitingJobsTests {
    private let start = ContinuousClock.now
    private let first = DispatchSemaphore(value: 0)
    private let second = DispatchSemaphore(value: 0)
    private let third = DispatchSemaphore(value: 0)

    private func job(_ kind: Job.Kind, after milliseconds: Int = 0) -> Job {
        Job(
            run: { _ in {} }, fail: { _ in }, kind: kind, asked: start + .milliseconds(milliseconds))
    }

    /// What the thread with this bell does at that time: how many jobs it takes, or a word.
    private func turn(
        _ waiting: inout WaitingJobs, of bell: DispatchSemaphore, after milliseconds: Int = 0
    ) -> String {
        let turn = waiting.turn(of: bell, at: start + .milliseconds(milliseconds), isCounted: true) { jobs in
            JobQueue.takeTogether(&jobs, atMost: 16)
        }
        return switch turn {
        case .work(let jobs): "\(jobs.count) \(jobs.first.map { "\($0.kind)" } ?? "")"
        case .rest: "rest"
        case .watch(let time): "watch \(time / .milliseconds(1))"
        case .leave: "leave"
        }
    }

    /// Three threads at rest.
    private func resting() -> WaitingJobs {
        var waiting = WaitingJobs()
        for bell in [third, second, first] { #expect(turn(&waiting, of: bell) == "rest") }
        return waiting
    }

    @Test("Nobody is at such work: whoever rested last takes it at once")
    func nobody() {
        var waiting = resting()
        #expect(waiting.add(job(.lookUp)) === first)
        #expect(turn(&waiting, of: first) == "1 lookUp")
        #expect(waiting.bellForTheRest(at: start) == nil)
    }

    @Test("Somebody is at it: another keeps watch and takes what has waited for two milliseconds, and nothing sooner")
    func watch() {
        var waiting = resting()
        _ = waiting.add(job(.lookUp))
        #expect(turn(&waiting, of: first) == "1 lookUp")
        #expect(waiting.add(job(.lookUp)) === second)
        #expect(turn(&waiting, of: second, after: 1) == "watch 1.0", "it has waited for one already")
        #expect(waiting.add(job(.lookUp, after: 1)) == nil, "it is watched already")
        waiting.watchEnded()
        #expect(turn(&waiting, of: second, after: 2) == "2 lookUp")
    }

    @Test("Who comes back from it takes all that has come meanwhile; who kept watch finds nothing and rests")
    func back() {
        var waiting = resting()
        let begun = job(.conditionalWrite)
        _ = waiting.add(begun)
        #expect(turn(&waiting, of: first) == "1 conditionalWrite")
        for _ in 0..<3 { _ = waiting.add(job(.conditionalWrite)) }
        #expect(turn(&waiting, of: second) == "watch 2.0")
        waiting.ended([begun])
        #expect(turn(&waiting, of: first) == "3 conditionalWrite")
        waiting.watchEnded()
        #expect(turn(&waiting, of: second, after: 2) == "rest")
    }

    @Test("Who comes back while another is at it leaves them to it, unless nobody watches")
    func backBesideAnother() {
        var waiting = resting()
        let begun = job(.lookUp)
        _ = waiting.add(begun)
        #expect(turn(&waiting, of: first) == "1 lookUp")
        _ = waiting.add(job(.lookUp))
        #expect(turn(&waiting, of: second, after: 2) == "1 lookUp")
        _ = waiting.add(job(.lookUp, after: 2))
        waiting.ended([begun])
        #expect(turn(&waiting, of: first, after: 2) == "watch 2.0")
        #expect(turn(&waiting, of: third, after: 2) == "rest")
    }

    @Test("More than go together are taken by another at once, and a third hears of the rest")
    func crowd() {
        var waiting = resting()
        _ = waiting.add(job(.lookUp))
        #expect(turn(&waiting, of: first) == "1 lookUp")
        #expect(waiting.add(job(.lookUp)) === second)
        #expect(turn(&waiting, of: second) == "watch 2.0")
        let woken = (0..<32).map { _ in waiting.add(job(.lookUp)) }
        #expect(woken[14] == nil && woken[15] === third, "there are seventeen then")
        #expect(turn(&waiting, of: third) == "16 lookUp")
        #expect(waiting.bellForTheRest(at: start) == nil, "nobody rests")
        waiting.watchEnded()
        #expect(turn(&waiting, of: second, after: 1) == "16 lookUp", "there are seventeen still")
    }

    @Test("What shares with nobody wakes a thread always, also behind what shares")
    func transactions() {
        var waiting = resting()
        _ = waiting.add(job(.lookUp))
        #expect(turn(&waiting, of: first) == "1 lookUp")
        #expect(waiting.add(job(.lookUp)) === second)
        #expect(turn(&waiting, of: second) == "watch 2.0")
        #expect(waiting.add(job(.transaction)) === third)
        #expect(turn(&waiting, of: third) == "1 lookUp")
        waiting.watchEnded()
        #expect(turn(&waiting, of: second) == "1 transaction")
    }

    @Test("Who takes what shares leaves a transaction behind it to the next that rests")
    func restIsATransaction() {
        var waiting = resting()
        let fourth = DispatchSemaphore(value: 0)
        #expect(turn(&waiting, of: fourth) == "rest")
        #expect(waiting.add(job(.lookUp)) === fourth)
        #expect(turn(&waiting, of: fourth) == "1 lookUp")
        #expect(waiting.add(job(.lookUp)) === first)
        #expect(turn(&waiting, of: first) == "watch 2.0")
        #expect(waiting.add(job(.transaction)) === second)
        #expect(turn(&waiting, of: second) == "1 lookUp")
        #expect(waiting.bellForTheRest(at: start) === third)
        #expect(turn(&waiting, of: third) == "1 transaction")
    }

    @Test("Who is not counted holds up nobody")
    func notCounted() {
        var waiting = resting()
        _ = waiting.add(job(.conditionalWrite))
        let taken = waiting.turn(of: first, at: start, isCounted: false) { jobs in [jobs.removeFirst()] }
        guard case .work = taken else {
            Issue.record("there was a job")
            return
        }
        _ = waiting.add(job(.conditionalWrite))
        #expect(turn(&waiting, of: second) == "1 conditionalWrite")
    }

    @Test("Closed: nobody rests and nobody takes anything")
    func closed() {
        var waiting = resting()
        _ = waiting.add(job(.lookUp))
        let (jobs, bells) = waiting.close()
        #expect(jobs.count == 1 && bells.count == 2)
        #expect(turn(&waiting, of: first) == "leave")
    }

    @Test(
        "One that hangs keeps nobody waiting: what is asked beside it is answered by another thread",
        .timeLimit(.minutes(1)))
    func hanging() async throws {
        let queue = JobQueue()
        let gate = DispatchSemaphore(value: 0)
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        let workers = (0..<2).map { number in
            Worker("test \(number)") {
                queue.takeTogether(atMost: 16) { jobs in
                    for job in jobs {
                        if job.first?.statement.sql == "hang" {
                            beginning.finish()
                            gate.wait()
                        }
                        (try? job.first?.go([], NoConnection()))?()
                    }
                }
            }
        }
        async let hung = queue.lookUp(SQLStatement("hang", []))
        for await _ in begun {}
        for _ in 0..<20 { #expect(try await queue.lookUp(SQLStatement("go on", [])).isEmpty) }
        gate.signal()
        #expect(try await hung.isEmpty)
        queue.close()
        for worker in workers { await worker.ended() }
    }
}

private struct NoConnection: SQLConnection {
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] { throw Refusal() }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int { throw Refusal() }

    func put(_ sql: String, _ values: [SQLValue]) throws { throw Refusal() }

    func announce(_ topic: String) throws { throw Refusal() }
}

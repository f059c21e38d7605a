import Foundation
import Synchronization

/// Threads that do nothing but hash passwords, and a bounded queue before them (PW6).
///
/// They stand beside the event loops and the cooperative pool, which a hash would block for some twenty
/// milliseconds each. On Linux they are also nicer than the rest: a core that could sign a token does not
/// hash first. A job is run or refused exactly once; none is forgotten.
final class HashingThreads: Sendable {
    struct Job: Sendable {
        let run: @Sendable () -> Void
        let refuse: @Sendable (any Error) -> Void
    }

    private struct Line {
        var waiting: [Job] = []
        var isStopped = false
        var running = 0
    }

    private let line = Mutex(Line())
    /// Rung once for each job that joins the line, and once for each thread that is to end.
    private let bell = DispatchSemaphore(value: 0)
    private let count: Int
    private let places: Int

    init(count: Int, places: Int) {
        self.count = max(1, count)
        self.places = max(1, places)
        for _ in 1...self.count {
            Thread.detachNewThread { [self] in work() }
        }
    }

    var isFull: Bool {
        line.withLock { $0.waiting.count >= places }
    }

    var figures: PasswordHasher.Figures {
        line.withLock { .init(running: $0.running, waiting: $0.waiting.count, places: places) }
    }

    /// Queues the job, or refuses it at once: a full line is told to the caller, not waited for.
    func add(_ job: Job) {
        let refusal: (any Error)? = line.withLock { line in
            if line.isStopped { return PasswordHasher.Stopped() }
            if line.waiting.count >= places { return PasswordHasher.Busy() }
            line.waiting.append(job)
            return nil
        }
        if let refusal { job.refuse(refusal) } else { bell.signal() }
    }

    /// Lets jobs that run finish, refuses those that wait, and ends the threads.
    func stop() {
        let (refused, isFirst) = line.withLock { line in
            defer {
                line.waiting = []
                line.isStopped = true
            }
            return (line.waiting, !line.isStopped)
        }
        for job in refused { job.refuse(PasswordHasher.Stopped()) }
        guard isFirst else { return }
        for _ in 1...count { bell.signal() }
    }

    private func work() {
        #if os(Linux)
            // Here `who` 0 means this thread, not the process (setpriority(2), "C library/kernel differences").
            setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
        #endif
        while true {
            bell.wait()
            let job = next()
            if let job {
                job.run()
                line.withLock { $0.running -= 1 }
            } else if line.withLock({ $0.isStopped }) {
                return
            }
        }
    }

    private func next() -> Job? {
        line.withLock { line in
            guard !line.waiting.isEmpty else { return nil }
            line.running += 1
            return line.waiting.removeFirst()
        }
    }
}

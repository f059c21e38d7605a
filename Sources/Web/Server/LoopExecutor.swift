import NIOCore

/// Runs what a request does on the thread of its connection (SE-0417). The bytes come there and leave from there; to do
/// the work between them on other threads would take two changes of thread for each request, and more for each wait.
///
/// What blocks has no place there: passwords are hashed, and databases over a network are waited for, on threads of their
/// own.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

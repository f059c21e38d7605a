import Logging
import ServiceLifecycle
import Synchronization
import Web

/// Knows that stopping has begun. It is the last service started and so the first one told to stop. For a second whoever
/// asks whether this process is ready hears that it is not, and all goes on as before; then the door is shut to newcomers,
/// and every reply says that its connection ends with it. A client that is told so sends its next request elsewhere,
/// instead of into a connection that is just being closed (OP4).
final class Drain: Service {
    private let begun = Mutex<StopTimes?>(nil)
    private let news = AsyncStream.makeStream(of: StopTimes.self, bufferingPolicy: .bufferingNewest(1))

    let doorway = Doorway()
    private let logger: Logger

    /// For proxies that ask again and again whether a process is ready.
    private static let notice = Duration.seconds(1)
    /// In which those that came in before the door was shut are taken on; a machine that is not busy needs a quarter.
    private static let welcome = Duration.seconds(2)

    init(logger: Logger) { self.logger = logger }

    var hasBegun: Bool { begun.withLock { $0 != nil } }

    /// Counted from the signal; from now on if nobody has told the house to stop.
    var times: StopTimes { begun.withLock { $0 } ?? StopTimes() }

    func run() async throws {
        try? await gracefulShutdown()
        let times = StopTimes()
        begun.withLock { $0 = times }
        news.continuation.yield(times)
        try? await Task.sleep(for: Self.notice)
        doorway.shut(logger)
        await doorway.settle(within: Self.welcome)
    }

    /// Runs the services until they have ended. If a stop lasts too long, those that are left are not waited for:
    /// each of them waits for something that cannot be called off, a database that does not answer for example.
    func keepOpen(_ services: ServiceGroup) async throws {
        let (ends, end) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
        Task {
            do {
                try await services.run()
                end.yield(.success(()))
            } catch {
                end.yield(.failure(error))
            }
            end.finish()
        }
        let late = Task { [news] in
            for await times in news.stream {
                try await Task.sleep(until: times.services)
                end.finish()
            }
        }
        defer { late.cancel() }
        for await result in ends { return try result.get() }
    }
}

/// How a stop spends its time (OP4). All of it counts from the signal, so that what one step takes is not added to
/// what the next one may take: whoever kills after 30 seconds finds nobody to kill.
struct StopTimes: Sendable {
    /// How long open requests may take to finish.
    static let drain = Duration.seconds(20)
    /// How long what was recorded may take to be written.
    static let writing = Duration.seconds(5)

    let begin = ContinuousClock.now

    /// Requests that were cut off have had a second to end.
    var services: ContinuousClock.Instant { begin + Self.drain + .seconds(1) }

    /// The database is closed, or left to its fate.
    var end: ContinuousClock.Instant { begin + .seconds(28) }
}

import OAuth
import ServiceLifecycle
import Storage
import Synchronization

/// Whether requests can be served (OP6): no stop has begun, and a durable write succeeded a moment ago.
///
/// The database is asked here, every two seconds, and not by whoever asks for readiness: a thousand questions
/// cost no more than one, and a database that does not answer at all is noticed too. Nothing has to be
/// restarted once it is back.
final class Readiness: Service {
    private let store: Store
    private let clock: any WallClock
    private let drain: Drain
    private let lastSuccess = Mutex<ContinuousClock.Instant?>(nil)

    /// Between one write and the next.
    private static let pause = Duration.seconds(2)
    /// How old the last success may be. With the pause less than 5 s.
    private static let patience = Duration.seconds(4)

    init(store: Store, clock: any WallClock, drain: Drain) {
        self.store = store
        self.clock = clock
        self.drain = drain
    }

    var isReady: Bool { !drain.hasBegun && isDatabaseUp }

    var isDatabaseUp: Bool {
        lastSuccess.withLock { $0.map { ContinuousClock.now - $0 < Self.patience } ?? false }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await check()
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    func check() async {
        let start = ContinuousClock.now
        let isWritten = (try? await store.heartbeat(at: clock.now)) != nil
        lastSuccess.withLock { $0 = isWritten ? start : nil }
    }
}

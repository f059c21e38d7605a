import Logging
import OAuth
import ServiceLifecycle
import Storage
import Synchronization

/// Whether requests can be served (OP6): no stop has begun, and a durable write succeeded a moment ago
/// and could be read.
///
/// The database is asked here, every two seconds, and not by whoever asks for readiness: a thousand questions
/// cost no more than one, and a database that does not answer at all is noticed too. Nothing has to be
/// restarted once it is back.
final class Readiness: Service {
    private let store: Store
    private let clock: any WallClock
    private let drain: Drain
    private let logger: Logger
    private let lastSuccess = Mutex<ContinuousClock.Instant?>(nil)
    /// What the log was told last.
    private let toldUp = Mutex(true)

    /// Between one write and the next.
    private static let pause = Duration.seconds(2)
    /// How old the last success may be. With the pause less than 5 s.
    private static let patience = Duration.seconds(4)

    init(store: Store, clock: any WallClock, drain: Drain, logger: Logger) {
        self.store = store
        self.clock = clock
        self.drain = drain
        self.logger = logger
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
        do {
            try await store.heartbeat(at: clock.now)
            lastSuccess.withLock { $0 = start }
            tell(isUp: true) { logger.notice("ready again: the database can be written to and read") }
        } catch {
            lastSuccess.withLock { $0 = nil }
            tell(isUp: false) {
                logger.error("not ready: the database cannot be written to or read", metadata: ["error": "\(error)"])
            }
        }
    }

    /// A night without a database is two lines of the log, not twenty thousand.
    private func tell(isUp: Bool, _ words: () -> Void) {
        let isNews = toldUp.withLock { toldUp in
            defer { toldUp = isUp }
            return toldUp != isUp
        }
        if isNews { words() }
    }
}

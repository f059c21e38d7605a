import Cryptography
import Identity
import Logging
import OAuth
import ServiceLifecycle
import Storage
import Synchronization

/// Sends what lies in the outbox, from start to stop. It looks there by a clock of its own, and not when something is put in:
/// what it does at a moment tells nobody what was asked for just before (PW10).
///
/// At a stop, what is due and what would soon be still goes out. What cannot go within `stopTime` is called off while
/// the database is still open, so that its lease ends, and lies in the outbox for whoever starts next.
final class Delivery: Service {
    /// Mails on their way at a time. A server that lets one wait does not keep the others.
    static let lanes = 8
    /// How long mail on its way may take once a stop has begun. Calling off what is left takes a second or two, and the
    /// database must still be there for it.
    static let stopTime = Duration.seconds(15)
    /// `nil` where there is no way to send mail: then letters wait, and go when they have expired.
    private let room: MailRoom?
    private let store: Store
    private let clock: any WallClock
    private let record: MailRecord
    private let random: any RandomSource
    private let logger: Logger
    private let state = Mutex(State())
    private let wakes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    private struct State {
        var running = 0
        /// Since a stop has begun: until when mail is sent.
        var end: ContinuousClock.Instant?
        var isFailing = false
        var figures: OutboxFigures?
    }

    init(
        room: MailRoom?, store: Store, clock: any WallClock, record: MailRecord, random: any RandomSource,
        logger: Logger
    ) {
        self.room = room
        self.store = store
        self.clock = clock
        self.record = record
        self.random = random
        self.logger = logger
    }

    /// As they were a second ago.
    var figures: OutboxFigures? { state.withLock { $0.figures } }

    func run() async throws {
        await withGracefulShutdownHandler {
            await deliver()
        } onGracefulShutdown: { [self] in
            state.withLock { $0.end = .now + Self.stopTime }
            wake()
        }
    }

    private func wake() { wakes.continuation.yield() }

    private func deliver() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            wake()
            for await _ in wakes.stream {
                if let end = state.withLock({ $0.end }), end <= .now { break }
                let started = await round(&group)
                if state.withLock({ $0.end != nil && $0.running == 0 }) && started == 0 && isClear { break }
            }
            group.cancelAll()
        }
    }

    /// Between half a second and a whole one from look to look, so that nobody can tell the next from the last.
    private func tick() async {
        while !Task.isCancelled {
            let chance = (try? random.bytes(1).first).map(Int.init) ?? 0
            try? await Task.sleep(for: .milliseconds(500 + 2 * chance))
            wake()
        }
    }

    /// Starts what is due, as far as there are lanes; says how many. A database that is away is asked again in a second.
    private func round(_ group: inout DiscardingTaskGroup) async -> Int {
        do {
            let claimed = try await due()
            for letter in claimed {
                state.withLock { $0.running += 1 }
                group.addTask { await self.deliver(letter) }
            }
            tell(isFailing: false, nil)
            return claimed.count
        } catch {
            tell(isFailing: true, error)
            return 0
        }
    }

    /// Nothing that has ended lies in the outbox still, as far as this process knows: whoever starts next would send it again.
    private var isClear: Bool { room?.fates.leftOver.isEmpty ?? true }

    private func deliver(_ letter: ClaimedLetter) async {
        do {
            try await room?.deliver(letter)
        } catch {
            tell(isFailing: true, error)
        }
        state.withLock { $0.running -= 1 }
        wake()
    }

    private func due() async throws -> [ClaimedLetter] {
        await room?.clearUp()
        let now = clock.now
        let figures = try await store.outboxFigures(at: now)
        state.withLock { $0.figures = figures }
        if figures.expired > 0 {
            for letter in try await store.removeExpiredLetters(100, at: now) { record.expired(letter) }
        }
        let (running, isStopping) = state.withLock { ($0.running, $0.end != nil) }
        let free = (record.isOutage ? 1 : Self.lanes) - running
        guard figures.due > 0 || isStopping, free > 0, let room else { return [] }
        return try await room.claim(free, ahead: isStopping ? Postbox.longestPause : 0)
    }

    private func tell(isFailing: Bool, _ error: (any Error)?) {
        let isNews = state.withLock { state in
            defer { state.isFailing = isFailing }
            return state.isFailing != isFailing
        }
        guard isNews else { return }
        if let error {
            logger.error("the outbox cannot be reached; mail waits", metadata: ["error": "\(error)"])
        } else {
            logger.notice("the outbox is reached again")
        }
    }
}

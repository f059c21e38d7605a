import Synchronization

/// Connections for look-ups in the thread of whoever asks: to find a few rows by their key takes less time than to wake
/// another thread and be woken by it. Nobody waits for one; who finds none goes to the readers.
///
/// That holds while the pages lie in memory or come from a disk that answers. After a look-up that took long all go to
/// the readers for a while, so that a slow disk holds up its own threads and nobody else's.
final class ReadyConnections: Sendable {
    private struct State {
        var idle: [SQLiteConnection]
        var inUse = 0
        var isClosed = false
        var closing: CheckedContinuation<Void, Never>?
        var restsUntil = ContinuousClock.now
    }

    private static let long = Duration.milliseconds(20)
    private static let rest = Duration.seconds(2)

    private let state: Mutex<State>

    init(_ connections: [SQLiteConnection]) {
        state = Mutex(State(idle: connections))
    }

    /// How many there are, and how many of them nobody uses.
    var figures: (all: Int, idle: Int) { state.withLock { ($0.idle.count + $0.inUse, $0.idle.count) } }

    /// `nil` when all are in use, rest, or are closed.
    func take() -> (connection: SQLiteConnection, since: ContinuousClock.Instant)? {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard now >= state.restsUntil, let connection = state.idle.popLast() else { return nil }
            state.inUse += 1
            return (connection, now)
        }
    }

    func giveBack(_ connection: SQLiteConnection, since taken: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        let last = state.withLock { state in
            state.inUse -= 1
            if now - taken > Self.long { state.restsUntil = now + Self.rest }
            guard state.isClosed else {
                state.idle.append(connection)
                return CheckedContinuation<Void, Never>?.none
            }
            connection.close()
            return state.inUse == 0 ? state.closing.take() : nil
        }
        last?.resume()
    }

    /// Waits for those that are in use.
    func close() async {
        await withCheckedContinuation { closed in
            let areAllHere = state.withLock { state in
                state.isClosed = true
                for connection in state.idle { connection.close() }
                state.idle = []
                if state.inUse > 0 { state.closing = closed }
                return state.inUse == 0
            }
            if areAllHere { closed.resume() }
        }
    }
}

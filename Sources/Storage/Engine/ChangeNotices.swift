import Synchronization

/// Word of changes, so that what was read into memory can be read again. A notice is a hint: it may come twice, and
/// whoever must be right asks the database.
package protocol ChangeNotices: Sendable {
    /// What was announced by writes that have been committed since: on SQLite those of this process, on PostgreSQL
    /// those of every process on the database. Ends when the database is closed.
    func changes() -> AsyncStream<Change>
}

package enum Change: Sendable, Equatable {
    /// A short word of whoever announced it, such as `clients`.
    case topic(String)
    /// Notices may have been missed: everything may have changed.
    case anything
}

/// Those who want to hear of changes. Nobody waits for a slow one: what they have not heard yet waits for them.
final class ChangeListeners: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Change>.Continuation] = [:]
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    func stream() -> AsyncStream<Change> {
        let (stream, continuation) = AsyncStream<Change>.makeStream(bufferingPolicy: .bufferingNewest(64))
        let number = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.forget(number) }
        return stream
    }

    func tell(_ change: Change) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners {
            // A full listener has lost the oldest notice: it is told that it may have missed something.
            if case .dropped = listener.yield(change) { listener.yield(.anything) }
        }
    }

    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }

    private func forget(_ number: Int) {
        state.withLock { $0.listeners[number] = nil }
    }
}

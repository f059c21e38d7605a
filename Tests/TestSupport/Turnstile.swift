import Synchronization

/// Lets a few in at a time: tests are all begun at once, and a server has only so many connections.
package final class Turnstile: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    package init(places: Int) { state = Mutex(State(free: places)) }

    package func enter() async {
        await withCheckedContinuation { visitor in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(visitor)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { visitor.resume() }
        }
    }

    package func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

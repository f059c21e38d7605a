import Dispatch
import Synchronization

/// Waits for what the server awaits: libFuzzer calls from a thread of its own and wants an answer.
func inTurn<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
    let answer = Answer<Value>()
    let done = DispatchSemaphore(value: 0)
    Task.detached {
        let value = await work()
        answer.value.withLock { $0 = value }
        done.signal()
    }
    done.wait()
    guard let value = answer.value.withLock({ $0 }) else { fatalError("no answer") }
    return value
}

private final class Answer<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}

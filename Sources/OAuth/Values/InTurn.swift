import Synchronization

/// Runs one piece of work after the other, in the order in which they were handed in: what reads something and then
/// puts it in place must not be overtaken by a reading that is older.
package final class InTurn: Sendable {
    private let last = Mutex<Task<Void, Never>?>(nil)

    package init() {}

    package func run<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let task = last.withLock { last in
            let before = last
            let task = Task {
                await before?.value
                return try await work()
            }
            last = Task { _ = await task.result }
            return task
        }
        return try await task.value
    }
}

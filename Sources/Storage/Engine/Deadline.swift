import Synchronization

/// An end to waiting for work that cannot be called off: the work goes on, its caller does not.
package enum Deadline {
    package static func within(_ time: Duration, _ work: @escaping @Sendable () async throws -> Void) async throws {
        let first = Once()
        try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Void, any Error>) in
            let timer = Task {
                do { try await Task.sleep(for: time) } catch { return }
                if first.claim() { caller.resume(throwing: StorageError.unavailable("it does not answer in time")) }
            }
            Task {
                let result: Result<Void, any Error>
                do {
                    result = .success(try await work())
                } catch {
                    result = .failure(error)
                }
                if first.claim() { caller.resume(with: result) }
                timer.cancel()
            }
        }
    }

    private final class Once: Sendable {
        private let isClaimed = Atomic(false)

        /// `true` for the first caller alone.
        func claim() -> Bool { !isClaimed.exchange(true, ordering: .relaxed) }
    }
}

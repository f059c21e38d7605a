/// Five seconds for all that a conversation asks, together (SO9). Whatever the work waits for, and whether it heeds that it is
/// over or not, nobody waits longer for it.
struct TimeLimit: Sendable {
    typealias Wait = @Sendable (Duration) async throws -> Void

    static let whole = Duration.seconds(5)
    /// Returns when the time is over; tests turn it by hand.
    let wait: Wait

    func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(UpstreamFault) -> Value
    ) async throws(UpstreamFault) -> Value {
        let (outcomes, first) = AsyncStream.makeStream(
            of: Result<Value, UpstreamFault>.self, bufferingPolicy: .bufferingOldest(1))
        let talk = Task {
            do throws(UpstreamFault) { first.yield(.success(try await work())) } catch { first.yield(.failure(error)) }
        }
        let timer = Task {
            do { try await wait(Self.whole) } catch { return }
            first.yield(.failure(.unavailable("no complete answer within five seconds")))
        }
        defer {
            talk.cancel()
            timer.cancel()
        }
        var iterator = outcomes.makeAsyncIterator()
        // There is none for a caller who has gone away.
        guard let outcome = await iterator.next() else { throw .unavailable("nobody waits for it any more") }
        return try outcome.get()
    }
}

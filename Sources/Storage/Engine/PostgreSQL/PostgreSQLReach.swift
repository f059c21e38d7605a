import Synchronization

/// The one way to a new connection. While the server is away one thread at a time tries, after a pause that grows to
/// two seconds; everybody else hears at once what the last one heard, so that neither requests pile up here nor
/// connections there when it comes back.
final class PostgreSQLReach: Sendable {
    let address: PostgreSQLAddress

    private struct State {
        var fault: (any Error)?
        var isTrying = false
        var pause = Pause(from: 0.05, to: 2)
        var again = ContinuousClock.now
    }

    private let state = Mutex(State())

    init(_ address: PostgreSQLAddress) { self.address = address }

    func connect() throws -> PostgreSQLConnection {
        try claim()
        do {
            let connection = try address.connect()
            state.withLock { $0 = State() }
            return connection
        } catch {
            state.withLock { state in
                state.fault = error
                state.isTrying = false
                state.again = .now + .seconds(state.pause.next())
            }
            throw error
        }
    }

    private func claim() throws {
        let fault = state.withLock { state -> (any Error)? in
            guard let fault = state.fault else { return nil }
            guard !state.isTrying, state.again <= .now else { return fault }
            state.isTrying = true
            return nil
        }
        if let fault { throw fault }
    }
}

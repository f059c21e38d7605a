import Foundation
import Metrics
import Synchronization

/// PostgreSQL behind the seam: a pool of connections, each with a thread of its own, half of them for reads, so that
/// no read waits for a write.
package final class PostgreSQLDatabase: Engine {
    private let reach: PostgreSQLReach
    private let writes = JobQueue()
    private let reads = JobQueue()
    private let workers: [Worker]
    private let listeners = ChangeListeners()
    private let listener: PostgreSQLListener
    /// Started for the first one who wants to hear.
    private let listening = Mutex<Worker?>(nil)

    /// Connects to nothing yet: a connection is made when it is first needed.
    package init(
        _ address: PostgreSQLAddress, connections: Int = 8,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) {
        let (reach, reads) = (PostgreSQLReach(address), reads)
        let writer = PostgreSQLWrites(jobs: writes, reach: reach, meters: EngineMeters(metrics))
        self.reach = reach
        listener = PostgreSQLListener(address, listeners)
        let readers = max(1, connections / 2)
        let writers = max(1, connections - readers)
        workers =
            (0..<readers).map { _ in
                Worker("postgres reader", PostgreSQLReads(jobs: reads, reach: reach).run)
            }
            + (0..<writers).map { _ in Worker("postgres writer", writer.run) }
    }

    deinit {
        reads.close()
        writes.close()
        listener.close()
        listeners.close()
    }

    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await reads.run(body)
    }

    /// Over the network, so never in the thread of whoever asks.
    package func lookUp(_ sql: String, _ values: [SQLValue]) async throws -> [Row] {
        try await reads.lookUp(SQLStatement(sql, values))
    }

    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.run(body)
    }

    package func conditionalWrite<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.run(body, isConditional: true)
    }

    package func conditionalWrite<Result: Sendable>(
        _ first: SQLStatement, then body: @escaping @Sendable ([Row], any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.run(first, then: body)
    }

    /// The server tells of damaged pages when they are read.
    package func damage() async throws -> String? { nil }

    package let byteType = "BYTEA"

    /// Where the role would look for it.
    package func hasTable(_ name: String) async throws -> Bool {
        try await read { connection in
            try !connection.rows(
                "SELECT 1 FROM pg_catalog.pg_tables WHERE tablename = CAST($1 AS TEXT) AND schemaname = ANY (current_schemas(false))",
                [.text(name)]
            ).isEmpty
        }
    }

    package func change<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let jobs = JobQueue()
        let worker = Worker("postgres schema", PostgreSQLChanges(jobs: jobs, reach: reach).run)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await jobs.run(body))
        } catch {
            result = .failure(error)
        }
        jobs.close()
        await worker.ended()
        return try result.get()
    }

    package func lock(_ tables: [String]) -> String? {
        "LOCK TABLE \(tables.joined(separator: ", ")) IN ACCESS EXCLUSIVE MODE"
    }

    package func changes() -> AsyncStream<Change> {
        let stream = listeners.stream()
        listening.withLock { worker in
            if worker == nil { worker = Worker("postgres listener", listener.run) }
        }
        return stream
    }

    /// Answers within five seconds, whatever the server or the network does.
    package func ping() async throws {
        try await Deadline.within(.milliseconds(4500)) { [reads, writes] in
            _ = try await reads.run { try $0.rows("SELECT 1", []) }
            _ = try await writes.run { try $0.rows("SELECT 1", []) }
        }
    }

    package var figures: EngineFigures {
        EngineFigures(reads: reads, writes: writes, connections: workers.count)
    }

    /// Lets the work in hand finish, and tells what still waits `.unavailable`.
    package func close() async {
        reads.close()
        writes.close()
        listener.close()
        for worker in workers { await worker.ended() }
        await listening.withLock { $0 }?.ended()
        listeners.close()
    }
}

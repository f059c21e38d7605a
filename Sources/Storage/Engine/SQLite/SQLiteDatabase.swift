import Foundation
import Metrics

/// SQLite behind the seam: one writer that commits in groups, readers it never holds up, and connections for look-ups that
/// need no thread of their own.
///
/// Other processes may use the same file: every write transaction takes SQLite's lock before its first
/// statement, so nothing it has read can change under it.
package final class SQLiteDatabase: Engine {
    private let writes = JobQueue()
    private let reads = JobQueue()
    private let writer: Worker
    private let readers: [Worker]
    private let ready: ReadyConnections
    private let listeners = ChangeListeners()

    /// Blocks while it opens: for the start of a program.
    package init(path: String, metrics: any MetricsFactory = NOOPMetricsHandler.instance) throws {
        let file = SQLiteFile(path: path)
        try file.create()
        let writer = GroupCommit(
            jobs: writes, connection: try file.connect(for: .writing), listeners: listeners,
            meters: EngineMeters(metrics))
        let readers = [  // all are open before a thread starts: an opening that fails leaves none behind
            SnapshotReads(jobs: reads, connection: try file.connect(for: .reading)),
            SnapshotReads(jobs: reads, connection: try file.connect(for: .reading)),
        ]
        // As many as can run at once; the bound is for large machines.
        ready = ReadyConnections(
            try (0..<min(8, ProcessInfo.processInfo.activeProcessorCount)).map { _ in
                try file.connect(for: .lookingUp)
            })
        self.writer = Worker("sqlite writer", writer.run)
        self.readers = readers.map { Worker("sqlite reader", $0.run) }
    }

    deinit {
        reads.close()
        writes.close()
        listeners.close()
    }

    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await reads.run(body)
    }

    package func lookUp(_ sql: String, _ values: [SQLValue]) async throws -> [Row] {
        if let (connection, taken) = ready.take() {
            defer { ready.giveBack(connection, since: taken) }
            do {
                return try connection.rows(sql, values)
            } catch StorageError.unavailable {}
        }
        // They have patience with other processes, and wait for one another.
        return try await reads.run { try $0.rows(sql, values) }
    }

    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.run(body)
    }

    /// All writes share their commits here.
    package func conditionalWrite<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.run(body)
    }

    package func conditionalWrite<Result: Sendable>(
        _ first: SQLStatement, then body: @escaping @Sendable ([Row], any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.run { try body(try $0.rows(first.sql, first.values), $0) }
    }

    package func damage() async throws -> String? {
        let faults = try await read { connection in
            try connection.rows("PRAGMA integrity_check(1)", []).map { try $0.text(0) }
        }
        return faults == ["ok"] ? nil : faults.first ?? "its pages cannot be read"
    }

    package let byteType = "BLOB"

    package func hasTable(_ name: String) async throws -> Bool {
        try await read { connection in
            try !connection.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = $1", [.text(name)])
                .isEmpty
        }
    }

    /// Every write takes SQLite's one lock before it looks at anything.
    package func change<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.run(body)
    }

    package func lock(_ tables: [String]) -> String? { nil }

    /// Those of this process: SQLite cannot tell others.
    package func changes() -> AsyncStream<Change> { listeners.stream() }

    /// A transaction without statements takes the writer's lock and writes nothing, so asking often costs no disk.
    package func ping() async throws {
        _ = try await read { try $0.rows("SELECT count(*) FROM sqlite_schema", []) }
        try await write { _ in }
    }

    package var figures: EngineFigures {
        EngineFigures(reads: reads, writes: writes, connections: readers.count + 1, ready: ready.figures)
    }

    /// Lets the work in hand finish, and tells what still waits `.unavailable`. The writer goes last, alone:
    /// only the last connection folds the log into the file.
    package func close() async {
        await ready.close()
        reads.close()
        for reader in readers { await reader.ended() }
        writes.close()
        await writer.ended()
        listeners.close()
    }
}

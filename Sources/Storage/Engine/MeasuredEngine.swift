import Metrics

/// Any engine with a watch beside it: how long its callers wait, and how often in vain. It changes nothing.
struct MeasuredEngine: Engine {
    let engine: any Engine
    private let reads: Meters
    private let writes: Meters

    private struct Meters: Sendable {
        let duration: Timer
        let failures: Counter

        init(_ kind: String, _ metrics: any MetricsFactory) {
            duration = Timer(
                label: "martlet_database_duration_seconds", dimensions: [("kind", kind)], factory: metrics)
            failures = Counter(
                label: "martlet_database_failures_total", dimensions: [("kind", kind)], factory: metrics)
        }

        func measure<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
            let start = ContinuousClock.now
            defer { duration.record(duration: ContinuousClock.now - start) }
            do {
                return try await work()
            } catch let error as StorageError {
                // Anything else was thrown by the caller's own closure: an answer, not a failure.
                failures.increment()
                throw error
            }
        }
    }

    init(_ engine: any Engine, _ metrics: any MetricsFactory) {
        self.engine = engine
        reads = Meters("read", metrics)
        writes = Meters("write", metrics)
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await reads.measure { try await engine.read(body) }
    }

    func lookUp(_ sql: String, _ values: [SQLValue]) async throws -> [Row] {
        try await reads.measure { try await engine.lookUp(sql, values) }
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.measure { try await engine.write(body) }
    }

    func conditionalWrite<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.measure { try await engine.conditionalWrite(body) }
    }

    func conditionalWrite<Result: Sendable>(
        _ first: SQLStatement, then body: @escaping @Sendable ([Row], any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writes.measure { try await engine.conditionalWrite(first, then: body) }
    }

    var figures: EngineFigures { engine.figures }
    var byteType: String { engine.byteType }

    func hasTable(_ name: String) async throws -> Bool { try await engine.hasTable(name) }

    /// Not measured: changes of the schema are rare, and may take long.
    func change<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await engine.change(body)
    }

    func damage() async throws -> String? { try await engine.damage() }

    func lock(_ tables: [String]) -> String? { engine.lock(tables) }

    func changes() -> AsyncStream<Change> { engine.changes() }

    func ping() async throws { try await engine.ping() }

    func close() async { await engine.close() }
}

import Metrics

/// What an engine tells of its own work; how long callers wait is measured by `MeasuredEngine` for each alike.
struct EngineMeters: Sendable {
    let commit: Timer
    let writesPerCommit: Recorder

    init(_ metrics: any MetricsFactory) {
        commit = Timer(label: "martlet_database_commit_duration_seconds", factory: metrics)
        writesPerCommit = Recorder(label: "martlet_database_commit_writes", factory: metrics)
    }
}

import Metrics
import Synchronization

/// The back of swift-metrics here: rooms are handed it as a `MetricsFactory` and count; `GET /metrics` reads
/// it off. Made once and passed on like everything else, never bootstrapped for the whole process.
final class MetricsBoard: MetricsFactory {
    private struct Series {
        let labels: MetricLabels
        let cell: any MetricCell
    }

    private static let metrics = Dictionary(uniqueKeysWithValues: Metric.all.map { ($0.name, $0) })
    /// By name of the family, then by the text of the labels.
    private let families = Mutex<[String: [String: Series]]>([:])

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(label, dimensions) { _ in CounterCell() }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(label, dimensions) { _ in GaugeCell() }
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        cell(label, dimensions) { HistogramCell(bounds: $0.bounds, unit: 1) }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell(label, dimensions) { HistogramCell(bounds: $0.bounds, unit: 1e-9) }
    }

    /// Series stay for the life of the process: counters that vanish mislead.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// All that has been counted so far.
    func samples() -> [String: [Sample]] {
        families.withLock { $0 }.mapValues { family in
            family.sorted { $0.key < $1.key }.flatMap { $0.value.cell.samples($0.value.labels) }
        }
    }

    /// The same cell for the same name and labels, whoever asks.
    private func cell<Cell: MetricCell>(
        _ name: String, _ dimensions: [(String, String)], make: (Metric) -> Cell
    ) -> Cell {
        let labels = dimensions.map { (name: $0.0, value: $0.1) }
        let key = PrometheusText.text(of: labels)
        let metric = Self.metrics[name] ?? Metric(name: name, kind: .gauge, help: "")
        return families.withLock { families in
            if let cell = families[name]?[key]?.cell as? Cell { return cell }
            let cell = make(metric)
            families[name, default: [:]][key] = Series(labels: labels, cell: cell)
            return cell
        }
    }
}

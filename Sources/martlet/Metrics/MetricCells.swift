import Metrics
import Synchronization

/// Where the figures of one series add up: atomics alone, so that counting never waits.
protocol MetricCell: AnyObject, Sendable {
    func samples(_ labels: MetricLabels) -> [Sample]
}

/// One number of an exposition: the family's name is put before `suffix`.
struct Sample: Sendable {
    var suffix = ""
    let labels: MetricLabels
    let value: Double
}

/// Names and values that tell the series of one family apart.
typealias MetricLabels = [(name: String, value: String)]

final class CounterCell: CounterHandler, MetricCell {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }

    func samples(_ labels: MetricLabels) -> [Sample] {
        [Sample(labels: labels, value: Double(count.load(ordering: .relaxed)))]
    }
}

/// Whole numbers only: nothing here is measured in halves.
final class GaugeCell: MeterHandler, MetricCell {
    private let value = Atomic<Int64>(0)

    func set(_ value: Int64) { self.value.store(value, ordering: .relaxed) }
    func set(_ value: Double) { set(Int64(value)) }
    func increment(by amount: Double) { value.wrappingAdd(Int64(amount), ordering: .relaxed) }
    func decrement(by amount: Double) { value.wrappingAdd(-Int64(amount), ordering: .relaxed) }

    func samples(_ labels: MetricLabels) -> [Sample] {
        [Sample(labels: labels, value: Double(value.load(ordering: .relaxed)))]
    }
}

/// How often, and how much, in bounded classes.
final class HistogramCell: TimerHandler, RecorderHandler, MetricCell {
    private final class Count: Sendable {
        let number = Atomic<Int64>(0)
    }

    private let bounds: [Double]
    /// In the unit that is recorded: nanoseconds for times.
    private let limits: [Int64]
    /// One for each limit, and one for what is above all of them.
    private let counts: [Count]
    private let sum = Atomic<Int64>(0)
    private let unit: Double

    init(bounds: [Double], unit: Double) {
        self.bounds = bounds
        self.unit = unit
        limits = bounds.map { Int64(($0 / unit).rounded()) }
        counts = (0...bounds.count).map { _ in Count() }
    }

    func recordNanoseconds(_ duration: Int64) { record(duration) }
    func record(_ value: Double) { record(Int64(value)) }

    func record(_ value: Int64) {
        let place = limits.firstIndex { value <= $0 } ?? limits.count
        counts[place].number.wrappingAdd(1, ordering: .relaxed)
        sum.wrappingAdd(value, ordering: .relaxed)
    }

    func samples(_ labels: MetricLabels) -> [Sample] {
        var total: Int64 = 0
        var samples: [Sample] = []
        for (place, count) in counts.enumerated() {
            total += count.number.load(ordering: .relaxed)
            let bound = place < bounds.count ? PrometheusText.number(bounds[place]) : "+Inf"
            samples.append(Sample(suffix: "_bucket", labels: labels + [("le", bound)], value: Double(total)))
        }
        samples.append(Sample(suffix: "_sum", labels: labels, value: Double(sum.load(ordering: .relaxed)) * unit))
        samples.append(Sample(suffix: "_count", labels: labels, value: Double(total)))
        return samples
    }
}

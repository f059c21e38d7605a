import Metrics
import HTTPTypes
import Synchronization

/// Requests by pattern of route, method and class of status, and how long they took. A path as it was sent
/// never becomes a label: strangers would choose how many series there are.
final class RequestMeters: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private struct Series {
        let count: Counter
        let duration: Timer
    }

    private let metrics: any MetricsFactory
    private let series = Mutex<[Key: Series]>([:])

    init(_ metrics: any MetricsFactory) {
        self.metrics = metrics
    }

    func record(
        _ method: HTTPRequest.Method, _ route: Route?, _ status: HTTPResponse.Status,
        since start: ContinuousClock.Instant
    ) {
        let isKnown = method == .head || method == .options || route?.actions[method] != nil
        let key = Key(
            route: route?.path ?? "none", method: isKnown ? method.rawValue : "other", status: status.code / 100)
        let series = series.withLock { all in
            if let known = all[key] { return known }
            let new = Series(
                count: Counter(
                    label: "martlet_http_requests_total",
                    dimensions: [("route", key.route), ("method", key.method), ("status", "\(key.status)xx")],
                    factory: metrics),
                duration: Timer(
                    label: "martlet_http_request_duration_seconds", dimensions: [("route", key.route)],
                    factory: metrics))
            all[key] = new
            return new
        }
        series.count.increment()
        series.duration.record(duration: ContinuousClock.now - start)
    }
}

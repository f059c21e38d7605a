import Metrics
import HummingbirdCore

/// Connections: how many there are, and why some were ended. Beyond the limit none is refused: it waits to be
/// accepted until another one has ended (IN5).
struct ConnectionMeters: Sendable {
    /// Why a connection was ended from here.
    enum Cause: String, CaseIterable {
        case headerTime = "header_time"
        case bodyTime = "body_time"
        case replyTime = "reply_time"
        case idleTime = "idle_time"
        case headerSize = "header_size"
        case bodySize = "body_size"
        case notHTTP = "bad_request"
    }

    let opened: Counter
    let open: Meter
    private let refused: [Cause: Counter]

    init(_ metrics: any MetricsFactory, limit: Int) {
        opened = Counter(label: "martlet_connections_total", factory: metrics)
        open = Meter(label: "martlet_connections_open", factory: metrics)
        Meter(label: "martlet_connections_limit", factory: metrics).set(limit)
        refused = Dictionary(
            uniqueKeysWithValues: Cause.allCases.map { reason in
                let labels = [("reason", reason.rawValue)]
                return (
                    reason, Counter(label: "martlet_connections_refused_total", dimensions: labels, factory: metrics)
                )
            })
    }

    func refuse(_ reason: Cause) { refused[reason]?.increment() }
}

/// So many connections and no more, counted.
struct CountedConnections: AvailableConnectionsDelegate {
    private let limit: Int
    private let meters: ConnectionMeters
    private var count = 0

    init(limit: Int, meters: ConnectionMeters) {
        self.limit = limit
        self.meters = meters
    }

    mutating func connectionOpened() {
        count += 1
        meters.opened.increment()
        meters.open.increment()
    }

    mutating func connectionClosed() {
        count -= 1
        meters.open.decrement()
    }

    func isAcceptingNewConnections() -> Bool { count < limit }
}

import Storage

/// Which events are new to somebody who follows. Processes write behind, so an event may come a little after
/// later ones of another process: the last ten seconds are asked for again, and what was shown is left out.
struct AuditFeed {
    private var shown: Set<String>
    private var latest: Int64

    init(shown events: [AuditRecord], now: Int64) {
        shown = Set(events.map(\.id))
        latest = max(now, events.last?.at ?? 0)
    }

    /// Microseconds.
    var since: Int64 { latest - 10_000_000 }

    /// Those not shown yet, in their order.
    mutating func take(_ events: [AuditRecord]) -> [AuditRecord] {
        let fresh = events.filter { !shown.contains($0.id) }
        latest = max(latest, fresh.last?.at ?? latest)
        shown = Set(events.map(\.id))
        return fresh
    }
}

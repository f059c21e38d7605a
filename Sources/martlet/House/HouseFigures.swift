import Identity
import OAuth
import Storage

/// What `GET /metrics` tells: what was counted, and how the house stands at this moment.
struct HouseFigures: Sendable {
    let house: House
    let readiness: Readiness
    let drain: Drain
    let delivery: Delivery

    func text() -> String {
        var samples = house.groundwork.metrics.samples()
        for (name, more) in now { samples[name, default: []] += more }
        return PrometheusText.write(Metric.all, samples)
    }

    private var now: [String: [Sample]] {
        let hashes = house.hasher.figures
        var figures: [String: [Sample]] = [
            "martlet_ready": Self.single(readiness.isReady ? 1 : 0),
            "martlet_draining": Self.single(drain.hasBegun ? 1 : 0),
            "martlet_database_up": Self.single(readiness.isDatabaseUp ? 1 : 0),
            "martlet_build_info": [Sample(labels: [("version", Build.version)], value: 1)],
            "martlet_log_lines_dropped_total": Self.single(LogOutput.standardError.dropped),
            "martlet_password_hashes_running": Self.single(hashes.running),
            "martlet_password_hashes_waiting": Self.single(hashes.waiting),
            "martlet_password_hashes_places": Self.single(hashes.places),
        ]
        figures.merge(database) { $1 }
        figures.merge(keys) { $1 }
        figures.merge(mail) { $1 }
        figures.merge(ProcessFigures.samples().mapValues { [Sample(labels: [], value: $0)] }) { $1 }
        return figures
    }

    private var database: [String: [Sample]] {
        let figures = house.groundwork.store.figures
        return [
            "martlet_database_waiting": [
                Sample(labels: [("kind", "read")], value: Double(figures.waitingReads)),
                Sample(labels: [("kind", "write")], value: Double(figures.waitingWrites)),
            ],
            "martlet_database_connections": [
                Sample(labels: [("state", "idle")], value: Double(figures.idleConnections)),
                Sample(labels: [("state", "busy")], value: Double(figures.busyConnections)),
            ],
        ]
    }

    private var keys: [String: [Sample]] {
        let ages = house.groundwork.vault.ages(at: house.groundwork.clock.now)
        func samples(_ figure: (SigningKeyAge) -> Int64) -> [Sample] {
            ages.map { Sample(labels: [("algorithm", $0.algorithm.rawValue)], value: Double(figure($0))) }
        }
        return [
            "martlet_signing_key_age_seconds": samples(\.age),
            "martlet_signing_key_rotates_in_seconds": samples(\.rotatesIn),
        ]
    }

    private var mail: [String: [Sample]] {
        guard let outbox = delivery.figures else { return [:] }
        let age = outbox.oldest.map { max(0, house.groundwork.clock.now.seconds(since: $0)) } ?? 0
        return [
            "martlet_mail_waiting": Self.single(Int(clamping: outbox.waiting)),
            "martlet_mail_oldest_seconds": Self.single(Int(clamping: age)),
        ]
    }

    private static func single(_ value: Int) -> [Sample] { [Sample(labels: [], value: Double(value))] }
}

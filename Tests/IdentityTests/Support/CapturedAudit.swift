import OAuth
import Synchronization

/// Keeps what would be logged.
final class CapturedAudit: AuditLog {
    private let captured = Mutex<[AuditEvent]>([])

    var events: [AuditEvent] { captured.withLock { $0 } }
    var kinds: [AuditEvent.Kind] { events.map(\.kind) }

    func record(_ event: AuditEvent) {
        captured.withLock { $0.append(event) }
    }
}

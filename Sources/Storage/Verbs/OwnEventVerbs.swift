import Identity
import OAuth

extension Store: PersonEventStore {
    package func events(about subject: String, limit: Int) async throws -> [PersonEvent] {
        var query = AuditQuery()
        (query.subject, query.limit) = (subject, limit)
        return try await auditEvents(query).map { event in
            PersonEvent(
                time: Instant(seconds: event.at / 1_000_000), kind: event.kind, outcome: event.outcome,
                clientID: event.clientID, network: event.network)
        }
    }
}

import Identity
import OAuth

extension Store: PersonEventStore {
    package func events(about subject: String, limit: Int) async throws -> [PersonEvent] {
        var query = AuditQuery()
        (query.subject, query.limit) = (subject, limit)
        return try await auditEvents(query).map { event in
            PersonEvent(
                time: Instant(seconds: event.at / 1_000_000), kind: event.kind, outcome: event.outcome,
                by: event.doer(towards: subject), clientID: event.clientID, network: event.network)
        }
    }
}

extension AuditRecord {
    /// Whatever is not known to be the person's own, an attempt at being them, or their app's is an operator's: so
    /// nothing of anybody else is told by mistake.
    fileprivate func doer(towards subject: String) -> PersonEvent.Doer {
        switch actor {
        case AuditEvent.Actor.person(subject).description: .person
        case AuditEvent.Actor.visitor.description: .visitor
        case AuditEvent.Actor.server.description: .server
        case _ where isOfAnApp: .app
        default: .operator
        }
    }

    /// What apps do for people by their own name. Everything else that a client did it did as an operator's tool.
    private var isOfAnApp: Bool {
        guard let clientID, let kind = AuditEvent.Kind(rawValue: kind) else { return false }
        return actor == AuditEvent.Actor.client(clientID).description && kind.usualActor == .client
    }
}

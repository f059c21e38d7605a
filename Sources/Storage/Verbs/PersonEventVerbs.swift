import Identity
import OAuth

/// The part of `AdministrationStore` that says what happened to somebody.
extension Store {
    /// Ids of events sort by time.
    package func events(of subject: String, before id: String?, limit: Int) async throws -> [RecordedEvent] {
        var values: [SQLValue] = [.text(subject), .integer(Int64(max(0, limit)))]
        if let id { values.append(.text(id)) }
        let condition = id == nil ? "subject = $1" : "subject = $1 AND id < $3"
        return try await database.read { [values] connection in
            try connection.rows(
                "SELECT \(AuditRecord.columns) FROM audit_events WHERE \(condition) ORDER BY id DESC LIMIT $2", values
            ).map { RecordedEvent(try AuditRecord($0)) }
        }
    }
}

extension RecordedEvent {
    init(_ record: AuditRecord) {
        self.init(
            id: record.id, at: record.at, kind: record.kind, outcome: record.outcome, actor: record.actor,
            clientID: record.clientID, network: record.network, reference: record.reference, details: record.details)
    }
}

import JSON
import OAuth

extension AuditRecord {
    static let columns =
        "id, at, kind, outcome, actor, subject, client_id, network, reference, process, details"

    init(_ row: Row) throws {
        var cursor = RowCursor(row)
        self.init(
            id: try cursor.text(), at: try cursor.integer(), kind: try cursor.text(), outcome: try cursor.text(),
            actor: try cursor.text(), subject: try cursor.optionalText(), clientID: try cursor.optionalText(),
            network: try cursor.optionalText(), reference: try cursor.optionalText(), process: try cursor.text(),
            details: try cursor.texts())
    }

    fileprivate var detailsText: String {
        JSONValue.object(
            JSONObject(details.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) })
        ).text
    }
}

extension SQLConnection {
    func insert(_ records: [AuditRecord]) throws {
        try insert(
            into: "audit_events",
            records.map { record in
                [
                    "id": .text(record.id),
                    "at": .integer(record.at),
                    "kind": .text(record.kind),
                    "outcome": .text(record.outcome),
                    "actor": .text(record.actor),
                    "subject": .text(record.subject),
                    "client_id": .text(record.clientID),
                    "network": .text(record.network),
                    "reference": .text(record.reference),
                    "process": .text(record.process),
                    "details": .text(record.detailsText),
                ]
            }, orElse: "ON CONFLICT (id) DO NOTHING")
    }
}

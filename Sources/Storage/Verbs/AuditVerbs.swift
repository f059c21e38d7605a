import JSON
import OAuth

extension Store {
    /// Keeps all or none. What is here already stays as it is: whoever did not hear of a success may try again.
    package func append(_ records: [AuditRecord]) async throws {
        try await database.conditionalWrite { connection in try connection.insert(records) }
    }

    /// The latest that match, the oldest of them first.
    package func auditEvents(_ query: AuditQuery) async throws -> [AuditRecord] {
        let (condition, values) = query.condition
        return try await database.read { connection in
            try connection.rows(
                """
                SELECT \(AuditRecord.columns) FROM audit_events WHERE \(condition)
                ORDER BY at DESC, id DESC LIMIT $1
                """, values
            ).map(AuditRecord.init).reversed()
        }
    }

    /// Deletes events older than an instant, at most so many, and says how many went.
    package func removeAuditEvents(before instant: Instant, limit: Int) async throws -> Int {
        let (microseconds, overflow) = instant.seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return 0 }
        return try await database.write { connection in
            try connection.execute(
                """
                DELETE FROM audit_events WHERE id IN
                    (SELECT id FROM audit_events WHERE at < $1 ORDER BY at LIMIT $2)
                """, [.integer(microseconds), .integer(Int64(max(0, limit)))])
        }
    }
}

extension AuditQuery {
    /// `$1` is the limit. Only what is asked for stands in the statement, so that no parameter's type has to be guessed from a NULL.
    fileprivate var condition: (String, [SQLValue]) {
        var parts: [String] = []
        var values: [SQLValue] = [.integer(Int64(max(0, limit)))]
        func demand(_ comparison: String, _ value: SQLValue?) {
            guard let value else { return }
            values.append(value)
            parts.append("\(comparison) $\(values.count)")
        }
        demand("at >=", since.map { .integer($0) })
        demand("kind =", kind.map { .text($0) })
        demand("subject =", subject.map { .text($0) })
        demand("client_id =", clientID.map { .text($0) })
        demand("reference =", reference.map { .text($0) })
        return (parts.isEmpty ? "at IS NOT NULL" : parts.joined(separator: " AND "), values)
    }
}

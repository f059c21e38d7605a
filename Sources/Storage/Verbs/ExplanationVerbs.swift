import OAuth

extension Store: ExplanationStore {
    /// Keeps all or none, until `expiry`; of more rows than `most`, the oldest go. What is here already stays as
    /// it is: whoever did not hear of a success may try again.
    package func append(_ explanations: [Explanation], keeping span: Int64, most: Int64) async throws {
        try await database.write { connection in
            let last = try connection.rows("SELECT COALESCE(MAX(number), 0) FROM explanations", []).first?.integer(0)
            var number = last ?? 0
            for explanation in explanations {
                number += 1
                try connection.insert(explanation, number: number, until: explanation.at + span)
            }
            try connection.execute("DELETE FROM explanations WHERE number <= $1", [.integer(number - max(0, most))])
        }
    }

    package func explanation(_ reference: String, at now: Instant) async throws -> Explanation? {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(Explanation.columns) FROM explanations WHERE reference = $1 AND expires_at > $2",
                [.text(reference), .instant(now)]
            ).first.map(Explanation.init)
        }
    }

    package func explanations(latest count: Int, at now: Instant) async throws -> [Explanation] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Explanation.columns) FROM explanations WHERE expires_at > $1 ORDER BY number DESC LIMIT $2
                """, [.instant(now), .integer(Int64(max(0, count)))]
            ).map(Explanation.init)
        }
    }
}

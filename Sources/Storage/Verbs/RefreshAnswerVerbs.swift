import Identity
import OAuth

/// Answers to rotations that may have been lost on their way (D3, TK8), and what follows when a spent token
/// comes back for another reason (TK7).
extension Store {
    package func answer(to spent: TokenDigest, at now: Instant) async throws -> [UInt8]? {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT a.sealed_answer FROM refresh_answers a JOIN refresh_tokens t ON t.digest = a.successor
                WHERE a.spent = $1 AND a.expires_at > $2 AND t.spent_at IS NULL AND \(SpendableGrant.condition)
                """,
                [.digest(spent), .instant(now)]
            ).first?.bytes(0)
        }
    }

    package func endFamily(ofGrant id: String, at now: Instant) async throws -> Bool {
        try await database.write { connection in
            guard try connection.endGrants("id = $3", [.text(id)], because: .refreshTokenReused, at: now) == 1 else {
                return false
            }
            try connection.execute(
                """
                INSERT INTO account_notices (id, subject, kind, client_id, created_at)
                SELECT $1, g.subject, $2, g.client_id, $4 FROM grants g WHERE g.id = $3
                ON CONFLICT (id) DO NOTHING
                """,
                [
                    .text("\(AccountNotice.Kind.refreshTokenReused.rawValue).\(id)"),
                    .text(AccountNotice.Kind.refreshTokenReused.rawValue), .text(id), .instant(now),
                ])
            return true
        }
    }
}

extension SQLConnection {
    func insert(_ answer: KeptAnswer, to spent: TokenDigest, followedBy successor: TokenDigest) throws {
        try insert(
            into: "refresh_answers",
            [
                "spent": .digest(spent),
                "successor": .digest(successor),
                "sealed_answer": .bytes(answer.sealed),
                "expires_at": .instant(answer.expiresAt),
            ])
    }
}

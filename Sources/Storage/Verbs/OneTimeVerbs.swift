import Identity
import OAuth

extension Store: OneTimeStore {
    package func keep(_ artefact: OneTimeArtefact, superseding: Bool) async throws {
        try await database.write { connection in
            if superseding {
                try connection.execute(
                    "DELETE FROM one_time_artefacts WHERE kind = $1 AND binding = $2 AND spent_at IS NULL",
                    [.text(artefact.kind.rawValue), .text(artefact.binding)])
            }
            try connection.insert(
                into: "one_time_artefacts",
                [
                    "kind": .text(artefact.kind.rawValue),
                    "digest": .digest(artefact.digest),
                    "binding": .text(artefact.binding),
                    "expires_at": .instant(artefact.expiresAt),
                ])
        }
    }

    package func isLive(
        _ kind: OneTimeArtefact.Kind, _ digest: TokenDigest, binding: String, at now: Instant
    ) async throws -> Bool {
        try await !database.lookUp(
            """
            SELECT kind FROM one_time_artefacts
            WHERE kind = $1 AND digest = $2 AND binding = $3 AND spent_at IS NULL AND expires_at > $4
            """,
            [.text(kind.rawValue), .digest(digest), .text(binding), .instant(now)]
        ).isEmpty
    }

    package func consume(
        _ kind: OneTimeArtefact.Kind, _ digest: TokenDigest, binding: String, at now: Instant
    ) async throws -> Bool {
        try await database.write { connection in try connection.consume(kind, digest, binding: binding, at: now) }
    }

    package func spendUnkept(_ artefact: OneTimeArtefact, at now: Instant) async throws -> Bool {
        try await database.write { connection in try connection.spendUnkept(artefact, at: now) }
    }
}

extension SQLConnection {
    /// For what is signed, and kept only once it is spent: whoever writes it first has spent it.
    func spendUnkept(_ artefact: OneTimeArtefact, at now: Instant) throws -> Bool {
        guard artefact.expiresAt > now else { return false }
        return try execute(
            """
            INSERT INTO one_time_artefacts (kind, digest, binding, expires_at, spent_at)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, digest) DO NOTHING
            """,
            [
                .text(artefact.kind.rawValue), .digest(artefact.digest), .text(artefact.binding),
                .instant(artefact.expiresAt), .instant(now),
            ]) == 1
    }

    /// Spending is one conditional write whose row count is the answer (IN3).
    func consume(
        _ kind: OneTimeArtefact.Kind, _ digest: TokenDigest, binding: String, at now: Instant
    ) throws -> Bool {
        try execute(
            """
            UPDATE one_time_artefacts SET spent_at = $4
            WHERE kind = $1 AND digest = $2 AND binding = $3 AND spent_at IS NULL AND expires_at > $4
            """,
            [.text(kind.rawValue), .digest(digest), .text(binding), .instant(now)]) == 1
    }
}

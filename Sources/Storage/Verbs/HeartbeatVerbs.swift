import OAuth

extension Store {
    /// Writes one row and returns when it is durable: what a full disk, a lost connection or a lock that never ends
    /// prevents, this finds out (OP6). It costs one commit.
    package func heartbeat(at now: Instant) async throws {
        _ = try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO heartbeat (slot, beat_at) VALUES (1, $1)
                ON CONFLICT (slot) DO UPDATE SET beat_at = excluded.beat_at
                """, [.instant(now)])
        }
    }
}

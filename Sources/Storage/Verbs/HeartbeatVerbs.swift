import OAuth

extension Store {
    /// Writes one row and, once it is durable, reads it by the way of all reads: what a full disk, a lost connection, a
    /// lock that never ends or damaged pages prevent, this finds out (OP6). It costs one commit.
    package func heartbeat(at now: Instant) async throws {
        _ = try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO heartbeat (slot, beat_at) VALUES (1, $1)
                ON CONFLICT (slot) DO UPDATE SET beat_at = excluded.beat_at
                """, [.instant(now)])
        }
        let beats = try await database.read { try $0.rows("SELECT beat_at FROM heartbeat WHERE slot = 1", []) }
        guard !beats.isEmpty else { throw StorageError.corrupt("what was written is not there") }
    }
}

import OAuth

extension Store {
    /// Deletes what has expired and says how many rows went: at most `limit` a step, each step a write of its
    /// own, so that nobody who is signing in waits for it. Call again while it finds much.
    ///
    /// Nothing depends on it: what has expired is dead while it still lies there. Signing keys are not its
    /// business; the vault removes those.
    package func sweep(at now: Instant, limit: Int) async throws -> Int {
        var swept = 0
        for step in SweepStep.all {
            let cutoff = now + -step.keeping
            swept += try await database.write { connection in
                try connection.execute(step.sql, [.instant(cutoff), .integer(Int64(max(0, limit)))])
            }
        }
        return swept
    }
}

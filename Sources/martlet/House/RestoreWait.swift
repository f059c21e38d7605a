import OAuth

extension OpenHouse {
    /// After a restore the doors stay shut until its epoch has come, some seconds: what would be issued before
    /// would be born dead (OP3).
    func waitForRestoreEpoch() async throws {
        guard let epoch = try await store.restoreEpoch() else { return }
        let wait = epoch.seconds(since: clock.now)
        guard wait > 0 else { return }
        guard wait <= Self.longestWait else {
            throw CommandRefusal(
                "the clock of this machine says \(clock.now), and the database was restored at about \(epoch); set the clock right"
            )
        }
        logger.notice("waiting until what was issued before the restore is over", metadata: ["seconds": "\(wait)"])
        try await Task.sleep(for: .seconds(wait))
    }

    /// In seconds: more than clocks may differ by is a clock that is wrong.
    private static let longestWait: Int64 = 120
}

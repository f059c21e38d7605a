import Logging
import OAuth
import Synchronization

/// The clients of the folder and of the database, as they were when last read: one snapshot, swapped whole, so that a
/// request sees one state.
///
/// What another process changes in the database is known here within a second: `refresh()` runs twice a second, and a
/// look-up in a second in which nobody has asked yet asks first. While the database cannot be asked, what was known
/// stays for a minute and is then refused: a client that was removed elsewhere could otherwise go on here for as long
/// as the line is cut. The folder's clients stay; a process knows its own files.
package final class RegisteredClients: ClientRegistry {
    /// How long the snapshot is believed while the database is away, in seconds.
    static let patience: Int64 = 60

    private let files: ClientFiles
    private let store: any RegistrationStore
    private let clock: any WallClock
    private let logger: Logger
    private let snapshot = Mutex(ClientSnapshot())
    private let confirmed: Mutex<Confirmation>
    private let refreshes = InTurn()

    private struct Confirmation {
        /// Of what the snapshot holds of the database.
        var at: Instant?
        var failed: Instant?
    }

    /// Empty until `reload()` and `refresh()`.
    package init(_ files: ClientFiles, store: any RegistrationStore, clock: any WallClock, logger: Logger) {
        self.files = files
        self.store = store
        self.clock = clock
        self.logger = logger
        confirmed = Mutex(Confirmation())
    }

    /// Reads the folder again. A client whose file is broken keeps its old registration, a client whose file is gone
    /// is gone, and while the folder itself cannot be read everything stays: a slip must not lock people out.
    package func reload() -> [ClientFault] {
        guard let reading = files.read() else { return [files.unreadable] }
        let clashes = snapshot.withLock { snapshot in
            snapshot.take(reading)
            return snapshot.clashes
        }
        return reading.faults + clashes.sorted().map(files.clash)
    }

    /// Reads the database again if anything there has changed. One at a time: overtaken by another, it would put
    /// back what is older.
    package func refresh() async throws {
        try await refreshes.run { try await self.ask() }
    }

    package func client(_ id: String) async throws -> Client? {
        if let client = snapshot.withLock({ $0.ofFolderAlone(id) }) { return client }
        try await confirm()
        return snapshot.withLock { $0.client(id) }
    }

    package func clients() async throws -> [Client] {
        try await confirm()
        return snapshot.withLock { $0.all }
    }
}

extension RegisteredClients {
    private func ask() async throws {
        // Before asking: what comes back is at least as new as this.
        let now = clock.now
        do {
            let known = snapshot.withLock { $0.state }
            if let news = try await store.registrations(unless: known) { take(news) }
            confirmed.withLock { $0.at = now }
        } catch {
            let failed = clock.now
            confirmed.withLock { $0.failed = failed }
            throw error
        }
    }

    private func take(_ news: StoredRegistrations) {
        let faults = snapshot.withLock { snapshot in
            let before = snapshot.clashes
            return snapshot.take(news, by: files.rules) + snapshot.clashes.subtracting(before).sorted().map(files.clash)
        }
        for fault in faults {
            logger.error("a client in the database is not as it should be", metadata: ["fault": "\(fault)"])
        }
    }

    /// For those who wait in turn, one answer does for all.
    private func confirm() async throws {
        guard isDue else { return try refuseStale(nil) }
        do {
            try await refreshes.run { if self.isDue { try await self.ask() } }
            try refuseStale(nil)
        } catch {
            try refuseStale(error)
        }
    }

    /// What has just failed is not tried again by everybody who waits.
    private var isDue: Bool {
        let now = clock.now
        return confirmed.withLock { $0.at != now && !Self.isNear($0.failed, now, 1) }
    }

    private func refuseStale(_ error: (any Error)?) throws {
        let now = clock.now
        guard confirmed.withLock({ !Self.isNear($0.at, now, Self.patience) }) else { return }
        throw error ?? UnconfirmedClients()
    }

    /// Within so many seconds, also when the clock was set back.
    private static func isNear(_ instant: Instant?, _ now: Instant, _ seconds: Int64) -> Bool {
        guard let instant else { return false }
        return (-seconds...seconds).contains(now.seconds(since: instant))
    }
}

/// Nobody can say which clients there are, since the database is away.
struct UnconfirmedClients: Outage {
    var isTemporary: Bool { true }
}

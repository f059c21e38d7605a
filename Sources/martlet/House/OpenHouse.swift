import Cryptography
import Foundation
import Logging
import OAuth
import Storage

/// The house with its cellar open and its doors shut: store, master key, signing keys. Every command that
/// touches what lasts begins here, so that all of them refuse alike.
struct OpenHouse: Sendable {
    let settings: Settings
    let store: Store
    let masterKey: SealingKey
    let vault: SigningKeyVault
    let clock: any WallClock
    let random: any RandomSource
    let audit: any AuditLog
    let metrics: MetricsBoard
    let storedAudit: StoredAudit
    let logger: Logger

    /// Opens the database, finds the master key or makes the first one, and takes over keys that lie in the
    /// folder of keys. Whatever keeps it from opening is a `CommandRefusal`.
    static func open(
        _ settings: Settings, clock: any WallClock = SystemClock(), random: any RandomSource = SystemRandom(),
        logger: Logger
    ) async throws -> OpenHouse {
        let metrics = MetricsBoard()
        let store = try await openStore(settings, metrics: metrics)
        let stored = StoredAudit(store: store, random: random, logger: logger)
        do {
            let imports = PEMImport(folder: settings.folders.keys, algorithms: settings.signing.algorithms)
            let brought = try imports.read()
            let bound = try await store.masterKeyFingerprint()
            let masterKey = try MasterKeyFile(settings: settings).open(boundTo: bound, random: random)
            let audit = AuditLogs(all: [LoggedAudit(logger), CountedAudit(metrics), stored])
            let vault = try await SigningKeyVault(
                store: store, masterKey: masterKey, random: random, schedule: settings.keySchedule,
                algorithms: settings.signing.algorithms, longestToken: settings.longestToken, audit: audit,
                brought: brought.map(\.key), at: clock.now)
            for found in brought where vault.takenOver.contains(found.key.keyID) {
                logger.notice("a key was taken over", metadata: ["file": .string(found.path)])
            }
            imports.putAway(brought, publishedIn: vault.keyRing)
            return OpenHouse(
                settings: settings, store: store, masterKey: masterKey, vault: vault, clock: clock, random: random,
                audit: audit, metrics: metrics, storedAudit: stored, logger: logger)
        } catch {
            await stored.close()
            await store.close()
            throw error
        }
    }

    /// The database alone, for commands that need no keys.
    static func openStore(_ settings: Settings, metrics: MetricsBoard = MetricsBoard()) async throws -> Store {
        do {
            switch settings.databaseLocation {
            case .sqlite(let path): return try await Store.open(sqlite: path, metrics: metrics)
            case .postgreSQL(let address):
                return try await Store.open(
                    postgreSQL: address, connections: settings.databaseConnections, metrics: metrics)
            }
        } catch let error as StorageError {
            throw CommandRefusal("\(error); see the setting \(settings.databaseSetting)")
        }
    }

    /// The database and the record of security events, for commands that need no keys. What was recorded is
    /// written before the database closes, however the work ends.
    static func withStore<Result: Sendable>(
        _ settings: Settings, _ work: (Store, any AuditLog) async throws -> Result
    ) async throws -> Result {
        let store = try await openStore(settings)
        let stored = StoredAudit(store: store, logger: settings.commandLogger)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await work(store, AuditLogs(all: [LoggedAudit(settings.commandLogger), stored])))
        } catch {
            outcome = .failure(error)
        }
        await stored.close()
        await store.close()
        return try outcome.get()
    }

    /// Writes what waits to be written, and closes the database; neither is waited for without end.
    func close(_ explanations: StoredExplanations? = nil, _ times: StopTimes = StopTimes()) async {
        async let events: Void = storedAudit.close(within: StopTimes.writing)
        async let reasons: Void? = explanations?.close(within: StopTimes.writing)
        _ = await (events, reasons)
        try? await Deadline.within(times.end - .now) { await store.close() }
    }
}

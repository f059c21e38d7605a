import Identity
import Metrics
import OAuth
import Places
import ServiceLifecycle
import Storage
import UnixSignals

/// What is done beside serving: what another process has changed is read at its notice, and twice a second in case
/// none comes, and keys that are due are made with it; rows that have expired go every minute. What only the start needed is
/// given back once.
final class Housekeeping: Service {
    let house: House
    private let swept: Counter

    init(house: House) {
        self.house = house
        swept = Counter(label: "martlet_swept_rows_total", factory: house.groundwork.metrics)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown(keepHouse)
    }

    private func keepHouse() async {
        async let keys: Void = every(.milliseconds(500), "keys", refreshKeys)
        async let clients: Void = every(.milliseconds(500), "clients", base.registry.refresh)
        async let notices: Void = listen()
        async let hashes: Void = every(.milliseconds(500), "imported_hashes", house.learnImportedHashes)
        async let rows: Void = every(.seconds(60), "sweep", sweep)
        async let accounts: Void = every(.seconds(3600), "accounts", purge)
        async let code: Void = settle()
        _ = await (keys, clients, notices, hashes, rows, accounts, code)
    }

    /// When whoever waited for the doors to open has come in.
    private func settle() async {
        guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
        CodePages.giveBack()
    }

    private var base: Groundwork { house.groundwork }

    private func refreshKeys() async throws {
        try await base.vault.refresh(at: base.clock.now)
    }

    /// A notice makes things quicker and nothing else: what fails here is tried again within half a second.
    private func listen() async {
        for await change in base.store.database.changes() {
            switch change {
            case .topic(ChangeTopic.keys.rawValue): try? await refreshKeys()
            case .topic(ChangeTopic.clients.rawValue): try? await base.registry.refresh()
            case .topic(ChangeTopic.importedHashes.rawValue): try? await house.learnImportedHashes()
            case .topic: break
            case .anything:
                try? await refreshKeys()
                try? await base.registry.refresh()
                try? await house.learnImportedHashes()
            }
        }
    }

    private func sweep() async throws {
        var rows = 0
        repeat {
            rows = try await base.store.sweep(at: base.clock.now, limit: 500)
            swept.increment(by: rows)
        } while rows >= 500
        let oldest = base.clock.now + -base.settings.auditKeep
        repeat {
            rows = try await base.store.removeAuditEvents(before: oldest, limit: 500)
            swept.increment(by: rows)
        } while rows >= 500
    }

    /// Accounts whose time of grace is over. Every hour, so that they go within an hour of their day however often the
    /// process starts anew; processes that find the same one share it as `AccountPurge` says.
    func purge() async throws {
        let latest = base.clock.now + -base.settings.deletionGrace
        let purge = AccountPurge(store: base.store, audit: base.audit)
        var failure: (any Error)?
        _ = await purge.purge(try await purge.due(until: latest), deletedUntil: latest) { account, step in
            guard case .failed(let error) = step else { return }
            failure = error
            base.logger.error(
                "an account cannot be removed", metadata: ["account": "\(account.id)", "error": "\(error)"])
        }
        if let failure { throw failure }
    }

    /// A failure is tried again the next time; nothing else stops for it. It is logged when it begins and when it is
    /// over: a night without a database is not a log without end.
    private func every(_ pause: Duration, _ task: String, _ work: () async throws -> Void) async {
        let failures = Counter(
            label: "martlet_housekeeping_failures_total", dimensions: [("task", task)], factory: base.metrics)
        var isFailing = false
        while !Task.isCancelled {
            do {
                try await work()
                if isFailing { base.logger.notice("housekeeping works again", metadata: ["task": "\(task)"]) }
                isFailing = false
            } catch {
                failures.increment()
                if !isFailing {
                    base.logger.error(
                        "housekeeping failed and will be tried again",
                        metadata: ["task": "\(task)", "error": "\(error)"])
                }
                isFailing = true
            }
            try? await Task.sleep(for: pause)
        }
    }
}

/// SIGHUP: the certificate and the client files are read again, without dropping a request.
final class ReloadOnHangUp: Service {
    private let house: House
    private let tls: TLSKeeper?
    private let places: PlaceBook?

    init(house: House, tls: TLSKeeper?, places: PlaceBook?) {
        self.house = house
        self.tls = tls
        self.places = places
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [house, tls, places] in
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                tls?.renew(house.groundwork.metrics)
                places?.renew(house.groundwork.logger)
                house.reloadClients()
            }
        }
    }
}

extension House {
    /// How long imported hashes take: before the doors open, and when people are imported while the server runs, who then
    /// sign in for the first time one by one (PW10).
    func learnImportedHashes() async throws {
        try await hasher.learn(costs: groundwork.store.importedHashCosts())
    }

    func reloadClients() {
        let faults = readClientFolder()
        groundwork.audit.record(AuditEvent(.clientsReloaded, details: ["faults": String(faults)]))
    }

    /// Returns how much is wrong there.
    func readClientFolder() -> Int {
        let faults = groundwork.registry.reload()
        for fault in faults {
            groundwork.logger.error(
                "a client file is not as it should be; what was known before stays", metadata: ["fault": "\(fault)"])
        }
        return faults.count
    }
}

import Foundation
import Identity
import Logging
import OAuth
import Places
import ServiceLifecycle
import Web

extension House {
    /// Opens the cellar, builds the house on it and serves until told to stop.
    @concurrent static func serve(settings: Settings) async throws {
        let logger = settings.log.logger("martlet")
        // A hash is made to begin with, beside all the rest, for it takes longest.
        async let hasher = Self.hasher(settings)
        // What stands in files is read first: started in the wrong folder, nothing is made there.
        let pages = try Pages.load(directory: settings.folders.templates, theme: settings.folders.theme)
        let files = ClientFiles(
            directory: settings.folders.clients, knownScopes: settings.knownScopes,
            algorithms: settings.signing.algorithms)
        let faults = files.faults().map(\.description)
        guard faults.isEmpty else { throw CommandRefusal(faults) }
        let places = try settings.placeBook()
        let tls = try TLSKeeper.open(settings.tls, logger: logger)
        let open = try await OpenHouse.open(settings, logger: logger)
        try await open.waitForRestoreEpoch()
        let registry = RegisteredClients(files, store: open.store, clock: open.clock, logger: logger)
        let explanations = StoredExplanations(store: open.store, keeping: settings.explain.keep, logger: logger)
        let house = try await House(
            Groundwork(
                settings: settings, store: open.store, masterKey: open.masterKey, vault: open.vault, registry: registry,
                clock: open.clock, random: open.random, audit: open.audit, explanations: explanations,
                logger: logger, metrics: open.metrics, storedAudit: open.storedAudit, places: places ?? NoPlaces(),
                mailer: settings.mailer()),
            pages: pages, hasher: hasher)
        let drain = Drain(logger: logger)
        do {
            _ = house.readClientFolder()
            try await registry.refresh()
            // No wrong password is answered before this is known.
            try await house.learnImportedHashes()
            try await house.serve(drain: drain, tls: tls, places: places)
        } catch {
            await open.close(explanations, drain.times)
            throw error
        }
        await open.close(explanations, drain.times)
    }

    /// Opens the doors and keeps them open until SIGTERM or SIGINT: then readiness ends first, open
    /// requests finish, for 20 s at the most, and after 30 s at the latest everything has stopped (OP4).
    func serve(drain: Drain, tls: TLSKeeper? = nil, places: PlaceBook? = nil) async throws {
        // A file that may not grow is an error to be told, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        let settings = groundwork.settings
        let place = settings.publicPlace
        tls?.tell(groundwork.metrics)
        let readiness = Readiness(
            store: groundwork.store, clock: groundwork.clock, drain: drain, logger: groundwork.logger)
        await readiness.check()
        let delivery = Delivery(
            room: mail.room, store: groundwork.store, clock: groundwork.clock, record: mail.record,
            random: groundwork.random, logger: groundwork.logger)
        let figures = HouseFigures(house: self, readiness: readiness, drain: drain, delivery: delivery)
        let front = PublicListener(
            reception: reception, limits: ConnectionLimits(settings.limits), host: place.host, port: place.port,
            tls: tls?.door, doorway: drain.doorway, logger: groundwork.logger, metrics: groundwork.metrics
        ).service { await announce() }
        let management = ManagementListener(
            host: settings.management.host, port: settings.management.port,
            isReady: { readiness.isReady }, metrics: { figures.text() }, desk: mail.desk,
            limits: ConnectionLimits(settings.limits),
            logger: groundwork.logger
        ).service()
        // All of them classes: their descriptions are made and, with a level of `debug`, logged; that of a value would be
        // the whole house, its keys included.
        var configuration = ServiceGroupConfiguration(
            services: [
                management, readiness, Housekeeping(house: self), ReloadOnHangUp(house: self, tls: tls, places: places),
                delivery,
                front,
                drain,
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: groundwork.logger)
        configuration.maximumGracefulShutdownDuration = StopTimes.drain
        try await drain.keepOpen(ServiceGroup(configuration: configuration))
        hasher.stop()
        groundwork.audit.record(AuditEvent(.serverStopped, details: Self.identity))
    }

    private static var identity: [String: String] {
        ["version": Build.version, "process_id": String(ProcessInfo.processInfo.processIdentifier)]
    }

    /// What a newcomer reads: where to go, and on the first start the one-time link. The link is for the
    /// terminal alone, never for the log (PW13).
    private func announce() async {
        groundwork.audit.record(AuditEvent(.serverStarted, details: Self.identity))
        let settings = groundwork.settings
        for warning in [settings.mailWarning].compactMap({ $0 }) + settings.providerWarnings + settings.factorWarnings {
            groundwork.logger.warning("\(warning)")
        }
        let issuer = groundwork.settings.issuer.text
        let id = ProcessInfo.processInfo.processIdentifier
        var lines = ["", "  Martlet is at \(issuer)   (kill -HUP \(id) reads the clients again, kill \(id) stops it)"]
        if mail.desk != nil {
            let place = groundwork.settings.management
            let host = place.host.contains(":") ? "[\(place.host)]" : place.host
            lines += ["  No mail server is set: mail is shown at http://\(host):\(place.port)\(MailDesk.path)"]
        }
        do {
            let link = try await rooms.firstAdministrator.makeLink(at: groundwork.clock.now)
            lines += [
                "", "  Create the first administrator (this link works once, for 24 hours):",
                "  \(issuer)/setup/\(link.plaintext)",
            ]
        } catch is FirstAdministrator.AlreadyThere {
        } catch {
            groundwork.logger.error("no setup link could be made", metadata: ["error": "\(error)"])
        }
        do {
            try Answer.tell(lines.joined(separator: "\n") + "\n")
        } catch {
            groundwork.logger.error("nobody can read where the server is, nor a setup link: \(error)")
        }
    }
}

extension ConnectionLimits {
    init(_ limits: RequestLimits) {
        self.init()
        headerBytes = limits.headerBytes
        headerFields = limits.headerFields
        bodyBytes = limits.bodyBytes
        headerSeconds = limits.headerTime
        bodySeconds = limits.bodyTime
        replySeconds = limits.replyTime
        idleSeconds = limits.idleTime
        connections = limits.connections
    }
}

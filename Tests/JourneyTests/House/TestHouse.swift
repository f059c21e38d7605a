import Cryptography
import Foundation
import Identity
import Logging
import OAuth
import Storage
import Synchronization
import Testing
import Web

@testable import martlet

/// A whole Martlet in process: the real rooms on a real store in a folder of its own, with a clock that is
/// turned by hand. Nothing listens; requests go straight to the front door.
final class TestHouse: Sendable {
    static let origin = "http://localhost:8080"

    let folder: URL
    let clock = TurnedClock()
    let audit = RecordedAudit()
    let log = RecordedLog()
    /// Where mail goes; see `mail(to:)`.
    let post = TestPost()
    let house: House

    let scheme: any PasswordScheme
    let database: TestDatabase

    /// Who speaks to providers in the place of those of the settings.
    let conversations: [any UpstreamConversation]?

    /// - Parameter clients: the text of each client's file, by client id.
    init(
        clients: [String: String] = TestClients.all, scheme: any PasswordScheme = QuickScheme(),
        conversations: [any UpstreamConversation]? = nil, settings change: (inout Settings) -> Void = { _ in }
    ) async throws {
        self.scheme = scheme
        self.conversations = conversations
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        let clientFolder = folder.appending(path: "Clients")
        try FileManager.default.createDirectory(at: clientFolder, withIntermediateDirectories: true)
        for (id, text) in clients {
            try Data(text.utf8).write(to: clientFolder.appending(path: id + ".json"))
        }
        var settings = Settings()
        settings.folders.clients = clientFolder.path()
        settings.signing.algorithms = [.es256, .edDSA]
        // What is about other things shall not ask for puzzles; what is about captchas switches them on.
        settings.captcha.provider = .off
        change(&settings)
        database = try await TestDatabase.make(in: folder)
        let doubles = Doubles(scheme: scheme, conversations: conversations, post: post)
        house = try await Self.build(settings, database, doubles, clock: clock, audit: audit, log: log)
    }

    /// What stands in the place of the real.
    private struct Doubles {
        let scheme: any PasswordScheme
        let conversations: [any UpstreamConversation]?
        let post: TestPost
    }

    static func secure() async throws -> TestHouse {
        let issuer = try Issuer.parse(RawText(text: "https://id.example.org", origin: .environment("MARTLET_ISSUER")))
        return try await TestHouse { $0.issuer = issuer }
    }

    static func named(_ name: String) async throws -> TestHouse {
        try await TestHouse { $0.page.name = name }
    }

    static func behindProxies(_ network: String) async throws -> TestHouse {
        let range = try #require(NetworkRange(network))
        return try await TestHouse { $0.trustedProxies = [range] }
    }

    /// Another process on the same database: everything but the store's file is its own.
    func sibling() async throws -> Reception { try await siblingHouse().reception }

    /// - Parameter others: who speaks to its providers, where those are not the same.
    func siblingHouse(
        conversations others: [any UpstreamConversation]? = nil, settings change: (inout Settings) -> Void = { _ in }
    ) async throws -> House {
        var settings = house.groundwork.settings
        change(&settings)
        let doubles = Doubles(scheme: scheme, conversations: others ?? conversations, post: post)
        return try await Self.build(settings, database, doubles, clock: clock, audit: audit, log: log)
    }

    /// Writes a client's file anew and has it read, as an operator would.
    func register(_ id: String, _ text: String) throws {
        let file = folder.appending(path: "Clients/\(id).json")
        try Data(text.utf8).write(to: file)
        let faults = house.groundwork.registry.reload()
        guard faults.isEmpty else { throw BrokenClients(faults: faults.map { "\($0)" }) }
    }

    deinit {
        database.remove()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func build(
        _ settings: Settings, _ database: TestDatabase, _ doubles: Doubles, clock: TurnedClock, audit: RecordedAudit,
        log: RecordedLog
    ) async throws -> House {
        let store = try await database.open()
        let random = SystemRandom()
        let stored = StoredAudit(
            store: store, random: random, logger: log.logger,
            // A busy machine takes longer than a minute for what a test counts.
            budget: RefusalBudget(in: .seconds(3600)))
        let all = AuditLogs(all: [audit, LoggedAudit(log.logger), stored])
        let masterKey = try SealingKey(bytes: Array("0123456789abcdefghijklmnopqrstuv".utf8))
        let vault = try await SigningKeyVault(
            store: store, masterKey: masterKey, random: random, schedule: settings.keySchedule,
            algorithms: settings.signing.algorithms, longestToken: settings.tokens.longestToken, audit: all,
            at: clock.now)
        let registry = RegisteredClients(
            ClientFiles(
                directory: settings.folders.clients, knownScopes: settings.knownScopes,
                algorithms: settings.signing.algorithms), store: store, clock: clock, logger: log.logger)
        let faults = registry.reload()
        guard faults.isEmpty else { throw BrokenClients(faults: faults.map { "\($0)" }) }
        return try House(
            Groundwork(
                settings: settings, store: store, masterKey: masterKey, vault: vault, registry: registry, clock: clock,
                random: random, audit: all,
                explanations: StoredExplanations(store: store, keeping: settings.explain.keep, logger: log.logger),
                logger: log.logger, storedAudit: stored,
                passwordScheme: doubles.scheme, conversations: doubles.conversations, mailer: doubles.post),
            pages: pages.get())
    }

    /// Read once for all houses.
    private static let pages = Result {
        let templates = HousePlanTests.sources.deletingLastPathComponent().appending(path: "Templates")
        return try Pages.load(directory: templates.path(), theme: nil)
    }

    var store: Store { house.groundwork.store }
    var reception: Reception { house.reception }

    /// Security events as the database has them, the newest last.
    func storedEvents(_ kind: AuditEvent.Kind? = nil) async throws -> [AuditRecord] {
        await house.groundwork.storedAudit?.flush()
        var query = AuditQuery()
        (query.kind, query.limit) = (kind?.rawValue, 10_000)
        return try await store.auditEvents(query)
    }

    var isHashingFull: Bool { house.hasher.isFull }

    /// One thread, one place before it, and a scheme that can be held.
    static func narrow(_ gate: Gate) async throws -> TestHouse {
        try await TestHouse(scheme: QuickScheme(gate: gate)) {
            $0.passwords.hashThreads = 1
            $0.passwords.hashQueuePerThread = 1
        }
    }

    /// The path of a new setup link.
    func setupLink() async throws -> String {
        try await "/setup/" + house.rooms.firstAdministrator.makeLink(at: clock.now).plaintext
    }

    struct BrokenClients: Error {
        let faults: [String]
    }

    /// Creates a person who can sign in.
    func person(
        _ email: String = "ada@example.org", password: String = TestHouse.password, roles: [Role] = [],
        profile: Profile = Profile(name: "Ada Lovelace")
    ) async throws -> Account {
        let now = clock.now
        let account = Account(
            id: try Identifier.make(from: SystemRandom()), email: try #require(EmailAddress(email)),
            isEmailVerified: true, profile: profile, roles: roles, passwordHash: try await house.hasher.hash(password),
            createdAt: now, updatedAt: now)
        guard try await house.groundwork.store.create(account) else { throw BrokenClients(faults: ["address taken"]) }
        return account
    }

    static let password = "correct horse battery staple"

    func browser(from peer: String = "192.0.2.1", through sibling: Reception? = nil) -> TestBrowser {
        TestBrowser(reception: sibling ?? reception, peer: peer, of: self)
    }
}

/// Time that moves only when told to.
final class TurnedClock: WallClock {
    private let time = Mutex(Instant(seconds: 1_800_000_000))
    var now: Instant { time.withLock { $0 } }
    func advance(_ seconds: Int64) { time.withLock { $0 = $0 + seconds } }
}

/// Events as they were recorded, and during which request.
final class RecordedAudit: AuditLog {
    private let kept = Mutex<[(event: AuditEvent, reference: String?)]>([])
    var events: [AuditEvent] { kept.withLock { $0.map(\.event) } }
    var references: [String?] { kept.withLock { $0.map(\.reference) } }
    func record(_ event: AuditEvent) { kept.withLock { $0.append((event, RequestReference.current)) } }
    func count(_ kind: AuditEvent.Kind) -> Int { events.count { $0.kind == kind } }
}

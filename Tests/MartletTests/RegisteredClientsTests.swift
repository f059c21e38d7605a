import OAuth
import Storage
import Testing

@testable import martlet

@Suite("Clients of folder and database: what one process changes, another knows within a second")
struct RegisteredClientsTests {
    private let folder: Scratch
    private let desk: ClientDesk

    init() throws {
        folder = try Scratch()
        desk = try ClientDesk(folder: folder)
    }

    private func change(_ store: Store, _ id: String, to document: String) async throws {
        let version = try #require(try await store.registration(id)?.version)
        #expect(try await store.replace(registration: document, of: id, version: version, at: desk.clock.now))
    }

    @Test("Registered, changed and removed through one store, seen through another in the next second")
    func acrossProcesses() async throws {
        let (here, there) = (try await desk.store(), try await desk.store())
        let registry = try await desk.registry(there)
        try await registry.refresh()
        #expect(try await registry.client("wiki") == nil)
        #expect(try await here.add(registration: ClientDesk.registration("wiki"), of: "wiki", at: desk.clock.now))
        desk.clock.advance(1)
        #expect(try await registry.client("wiki")?.name == "Wiki")
        #expect(try await registry.clients().map(\.id) == ["wiki"])
        try await change(here, "wiki", to: ClientDesk.registration("wiki", name: "Our wiki"))
        desk.clock.advance(1)
        #expect(try await registry.client("wiki")?.name == "Our wiki")
        #expect(try await here.removeRegistration(of: "wiki", at: desk.clock.now))
        desk.clock.advance(1)
        #expect(try await registry.client("wiki") == nil)
        #expect(try await registry.clients().isEmpty)
    }

    @Test("Housekeeping's refresh shows a change at once, without anybody asking")
    func refreshed() async throws {
        let store = try await desk.store()
        let registry = try await desk.registry()
        try await registry.refresh()
        #expect(try await store.add(registration: ClientDesk.registration("wiki"), of: "wiki", at: desk.clock.now))
        #expect(try await registry.client("wiki") == nil)
        try await registry.refresh()
        #expect(try await registry.client("wiki") != nil)
    }

    @Test("A clock that is set back neither hides a change nor keeps an old state alive")
    func clockSetBack() async throws {
        let store = try await desk.store()
        let registry = try await desk.registry(store)
        try await registry.refresh()
        #expect(try await store.add(registration: ClientDesk.registration("wiki"), of: "wiki", at: desk.clock.now))
        desk.clock.advance(-86_400)
        #expect(try await registry.client("wiki") != nil)
        await store.close()
        desk.clock.advance(-86_400)
        await #expect(throws: StorageError.self) { try await registry.client("wiki") }
    }

    @Test(
        "A registration that this version cannot read keeps what was known of it, and no other is touched",
        arguments: [
            "{", "", "[]", "{}", #"{"client_id":"other","client_name":"X"}"#,
            #"{"client_id":"wiki","client_name":"X","token_endpoint_auth_method":"none","#
                + #""redirect_uris":["https://evil.example/cb"],"scope":"openid","from_the_future":true}"#,
        ])
    func damaged(_ document: String) async throws {
        let store = try await desk.store()
        let registry = try await desk.registry()
        for id in ["wiki", "shop"] {
            #expect(try await store.add(registration: ClientDesk.registration(id), of: id, at: desk.clock.now))
        }
        try await registry.refresh()
        try await change(store, "wiki", to: document)
        for _ in 1...3 { try await registry.refresh() }
        #expect(try await registry.client("wiki")?.redirectURIs == ["https://wiki.example/cb"])
        #expect(try await registry.client("shop") != nil)
        #expect(try await registry.client("other") == nil)
        let told = desk.log.lines.filter { $0.contains("wiki") }
        #expect(!told.isEmpty && Set(told).count == told.count, "once each: \(told)")
        #expect(told.allSatisfy { $0.contains("error") })
        let newcomer = try await desk.registry()
        try await newcomer.refresh()
        #expect(try await newcomer.client("wiki") == nil)
        #expect(try await newcomer.client("shop") != nil)
    }

    @Test("An id that is in both places: the database counts, loudly, and its broken registration too")
    func clash() async throws {
        let store = try await desk.store()
        let registry = try await desk.registry(store)
        try folder.write(ClientDesk.registration("wiki", name: "From the folder"), to: "wiki.json")
        #expect(registry.reload() == [])
        try await registry.refresh()
        #expect(try await registry.client("wiki")?.name == "From the folder")
        #expect(
            try await store.add(
                registration: ClientDesk.registration("wiki", name: "From the database"), of: "wiki",
                at: desk.clock.now))
        for _ in 1...3 { try await registry.refresh() }
        #expect(try await registry.client("wiki")?.name == "From the database")
        #expect(desk.log.lines.count == 1 && desk.log.lines[0].contains("client remove wiki --in"))
        #expect(registry.reload().count == 1)
        #expect(try await registry.clients().map(\.name) == ["From the database"])

        let newcomer = try await desk.registry(store)
        try await change(store, "wiki", to: "{")
        _ = newcomer.reload()
        try await newcomer.refresh()
        #expect(try await newcomer.client("wiki") == nil, "a file does not stand in for what the database says")

        #expect(try await store.removeRegistration(of: "wiki", at: desk.clock.now))
        try await registry.refresh()
        #expect(try await registry.client("wiki")?.name == "From the folder")
        #expect(registry.reload() == [])
    }

    @Test("While the database is away: a minute of what was known, then nobody, and the folder's clients throughout")
    func outage() async throws {
        let store = try await desk.store()
        let registry = try await desk.registry(store)
        try folder.write(ClientDesk.registration("filed"), to: "filed.json")
        #expect(registry.reload() == [])
        #expect(try await store.add(registration: ClientDesk.registration("wiki"), of: "wiki", at: desk.clock.now))
        try await registry.refresh()
        await store.close()
        await #expect(throws: StorageError.self) { try await registry.refresh() }
        for _ in 1...12 {
            desk.clock.advance(5)
            #expect(try await registry.client("wiki") != nil)
            #expect(try await registry.client("nobody") == nil)
        }
        for _ in 1...2 {
            desk.clock.advance(1)
            for id in ["wiki", "nobody"] {
                let outage = await #expect(throws: (any Error).self) { try await registry.client(id) }
                #expect((outage as? any Outage)?.isTemporary == true)
            }
            await #expect(throws: (any Error).self) { try await registry.clients() }
            #expect(try await registry.client("filed") != nil)
        }
    }

    @Test("Many who ask at once about many changes see each state whole, and none that is older than the last")
    func crowd() async throws {
        let (store, registry) = (try await desk.store(), try await desk.registry())
        for id in ["a", "b"] {
            #expect(
                try await store.add(registration: ClientDesk.registration(id, name: "0"), of: id, at: desk.clock.now))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var last = 0
                    for _ in 0..<40 {
                        try await registry.refresh()
                        let seen = try #require(Int(try await registry.client("a")?.name ?? ""))
                        #expect(seen >= last)
                        last = seen
                    }
                }
            }
            for number in 1...40 {
                try await change(store, "a", to: ClientDesk.registration("a", name: "\(number)"))
            }
            try await group.waitForAll()
        }
        try await registry.refresh()
        #expect(try await registry.client("a")?.name == "40")
    }
}

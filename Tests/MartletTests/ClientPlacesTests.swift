import Cryptography
import Foundation
import JSON
import OAuth
import Storage
import Testing

@testable import martlet

@Suite("martlet client: folder and database are one register to the operator (TK2, CF7)")
struct ClientPlacesTests {
    private let folder: Scratch
    private let desk: ClientDesk

    init() throws {
        folder = try Scratch()
        desk = try ClientDesk(folder: folder)
    }

    private let wiki = ClientDesk.object("wiki")

    @Test("A new client goes to the usual place, or where it is asked for", arguments: ClientPlace.allCases)
    func added(usual: ClientPlace) async throws {
        let store = try await desk.store()
        _ = try await desk.places(store, usual: usual).add(wiki, of: "wiki", replacing: false)
        #expect((folder.names == ["wiki.json"]) == (usual == .folder))
        #expect((try await store.registration("wiki") != nil) == (usual == .database))
        let found = try await desk.places(store).existing("wiki")
        #expect(found.object == wiki && found.place == usual)
        let other: ClientPlace = usual == .folder ? .database : .folder
        _ = try await desk.places(store, in: other, usual: usual)
            .add(ClientDesk.object("shop"), of: "shop", replacing: false)
        #expect(try await desk.places(store).existing("shop").place == other)
        let listing = try await ClientListing(desk.places(store))
        #expect(listing.rows.map(\.client.id) == ["shop", "wiki"] && listing.rows.map(\.place) == [other, usual])
    }

    @Test("TK14: a client that is removed from the folder loses its grants, unless the database has it too")
    func removedFromFolder() async throws {
        let store = try await desk.store()
        for (id, isElsewhere) in [("wiki", false), ("shop", true)] {
            _ = try await desk.places(store, in: .folder).add(ClientDesk.object(id), of: id, replacing: false)
            if isElsewhere {
                #expect(try await store.add(registration: "{}", of: id, at: desk.clock.now))
            }
            try await store.database.write { connection in
                try connection.execute(
                    """
                    INSERT INTO accounts (id, email, canonical_email, email_verified, status, created_at, updated_at)
                    VALUES ($1, $1, $1, 1, 'active', 1, 1)
                    """, [.text(id)])
                try connection.execute(
                    """
                    INSERT INTO grants (id, client_id, subject, session_id, auth_time, methods, level, scopes, resources,
                        is_offline, created_at, expires_at) VALUES ($1, $1, $1, 's', 1, '', '', 'openid', '', 1, 1, 2)
                    """, [.text(id)])
            }
            let places = desk.places(store, in: .folder)
            _ = try await places.remove(try await places.existing(id))
            let live = try await store.database.read {
                try $0.rows("SELECT id FROM grants WHERE id = $1 AND revoked_at IS NULL", [.text(id)]).count
            }
            #expect(live == (isElsewhere ? 1 : 0))
        }
        #expect(folder.names.isEmpty)
    }

    @Test("What is there is not written over unless asked, nor registered a second time elsewhere")
    func twice() async throws {
        let store = try await desk.store()
        let places = desk.places(store, usual: .database)
        _ = try await places.add(wiki, of: "wiki", replacing: false)
        let before = try await store.registration("wiki")
        for replacing in [false, true] {
            let inFolder = desk.places(store, usual: .folder)
            await #expect(throws: CommandRefusal.self) {
                try await inFolder.add(wiki, of: "wiki", replacing: replacing)
            }
        }
        await #expect(throws: CommandRefusal.self) { try await places.add(wiki, of: "wiki", replacing: false) }
        #expect(try await store.registration("wiki") == before && folder.names.isEmpty)
        _ = try await places.add(ClientDesk.object("wiki", "New"), of: "wiki", replacing: true)
        #expect(try await store.registration("wiki")?.document.contains("New") == true)
    }

    @Test(
        "What the server would refuse is not kept in the database either",
        arguments: [
            ["client_id": "wiki"], ["client_id": "other", "client_name": "Wiki"],
            ["client_id": "wiki", "redirect_uris": ["http://wiki.example/cb"], "token_endpoint_auth_method": "none"],
            ["client_id": "wiki", "client_secret": "hunter2"],
        ] as [JSONObject])
    func refused(_ object: JSONObject) async throws {
        let store = try await desk.store()
        let places = desk.places(store, in: .database)
        await #expect(throws: CommandRefusal.self) { try await places.add(object, of: "wiki", replacing: false) }
        _ = try await places.add(wiki, of: "wiki", replacing: false)
        let before = try await places.existing("wiki")
        let found = ClientPlaces.Found(id: "wiki", object: object, place: .database, version: before.version)
        await #expect(throws: CommandRefusal.self) { try await places.rewrite(found) }
        #expect(try await places.existing("wiki").object == wiki)
    }

    @Test("Of two operators who change one client at once, the second is told instead of undoing the first's work")
    func overtaken() async throws {
        let store = try await desk.store()
        let places = desk.places(store, in: .database)
        _ = try await places.add(wiki, of: "wiki", replacing: false)
        let (first, second) = (try await places.existing("wiki"), try await places.existing("wiki"))
        var changed = first
        changed.object["client_name"] = "First"
        try await places.rewrite(changed)
        let late = ClientPlaces.Found(
            id: "wiki", object: ClientDesk.object("wiki", "Second"), place: .database, version: second.version)
        await #expect(throws: CommandRefusal.self) { try await places.rewrite(late) }
        #expect(try await places.existing("wiki").object["client_name"] == "First")
        _ = try await places.remove(second)
        await #expect(throws: CommandRefusal.self) { try await places.remove(second) }
    }

    @Test("A client that is in both places is not changed until somebody says which is meant")
    func both() async throws {
        let store = try await desk.store()
        _ = try await desk.places(nil, in: .folder).add(wiki, of: "wiki", replacing: false)
        #expect(try await store.add(registration: ClientDesk.registration("wiki"), of: "wiki", at: desk.clock.now))
        let refusal = await #expect(throws: CommandRefusal.self) { try await desk.places(store).existing("wiki") }
        #expect(refusal?.description.contains("--in folder or --in database") == true)
        #expect(try await ClientListing(desk.places(store)).faults.count == 1)
        let found = try await desk.places(store, in: .database).existing("wiki")
        #expect(found.place == .database)
        _ = try await desk.places(store, in: .database).remove(found)
        #expect(try await desk.places(store).existing("wiki").place == .folder)
        #expect(try await ClientListing(desk.places(store)).faults.isEmpty)
    }

    @Test("What is damaged in the database is told, can be removed or replaced, and nothing is added to it")
    func damaged() async throws {
        let store = try await desk.store()
        #expect(try await store.add(registration: "{", of: "wiki", at: desk.clock.now))
        let places = desk.places(store)
        let listing = try await ClientListing(places)
        #expect(listing.rows.isEmpty && listing.faults.count == 1)
        #expect(listing.faults.first?.description.contains(#"the database, client "wiki""#) == true)
        let found = try await places.existing("wiki")
        await #expect(throws: CommandRefusal.self) { try await places.rewrite(found) }
        _ = try await desk.places(store, in: .database).add(wiki, of: "wiki", replacing: true)
        #expect(try await ClientListing(places).faults.isEmpty)
    }

    @Test("Nobody is nobody, and without a database nothing is kept in one")
    func nobody() async throws {
        for places in [desk.places(nil), desk.places(try await desk.store()), desk.places(nil, in: .database)] {
            await #expect(throws: CommandRefusal.self) { try await places.existing("nobody") }
        }
        await #expect(throws: CommandRefusal.self) {
            try await desk.places(nil, in: .database).add(wiki, of: "wiki", replacing: false)
        }
    }

    @Test("client update adds and takes away, and what is to go but is not there is refused")
    func update() throws {
        func command(_ arguments: String...) throws -> UpdateClientCommand {
            try #require(try Martlet.parseAsRoot(["client", "update", "wiki"] + arguments) as? UpdateClientCommand)
        }
        let one = "https://wiki.example/cb"
        let both = try command("--add-redirect-uri", "https://b.example/cb", "--add-redirect-uri", one).changed(wiki)
        #expect(both["redirect_uris"] == [.string(one), "https://b.example/cb"])
        let moved = try command("--remove-redirect-uri", one, "--name", "New", "--add-role", "staff").changed(both)
        #expect(moved["redirect_uris"] == ["https://b.example/cb"] && moved["client_name"] == "New")
        #expect(moved["martlet_required_roles"] == ["staff"])
        #expect(try command("--remove-role", "staff").changed(moved)["martlet_required_roles"] == nil)
        for absent in ["https://wiki.example/cb/", "https://WIKI.example/cb", ""] {
            #expect(throws: CommandRefusal.self) { try command("--remove-redirect-uri", absent).changed(wiki) }
        }
        #expect(try command("--scope", "openid").changed(wiki)["redirect_uris"] == wiki["redirect_uris"])
    }
}

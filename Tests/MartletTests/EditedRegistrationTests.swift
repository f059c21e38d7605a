import Cryptography
import JSON
import OAuth
import Testing

@testable import martlet

@Suite("martlet client update --from: any member, in folder and database alike (TK2, CF7)")
struct EditedRegistrationTests {
    private let drafts: Scratch
    private let desk: ClientDesk

    init() throws {
        drafts = try Scratch()
        desk = try ClientDesk(folder: try Scratch())
    }

    private func edited(_ text: String, _ found: ClientPlaces.Found) throws -> JSONObject {
        try drafts.write(text, to: "wiki.draft")
        return try EditedRegistration(path: drafts.path + "/wiki.draft", rules: desk.files.rules).replacing(found)
    }

    private func refusals(_ text: String, _ found: ClientPlaces.Found) -> [String] {
        do {
            _ = try edited(text, found)
            return []
        } catch {
            return (error as? CommandRefusal)?.sentences ?? ["\(error)"]
        }
    }

    private static func secret(_ digit: Character) -> JSONValue {
        .object(["sha256": .string(String(repeating: digit, count: 64)), "created": "2026-01-01"])
    }

    private static func confidential(_ secrets: JSONValue...) -> JSONObject {
        var object = ClientDesk.object("wiki")
        object["token_endpoint_auth_method"] = "client_secret_basic"
        object[ClientSecret.name] = .array(secrets)
        return object
    }

    @Test("What show prints comes back changed, in either place", arguments: ClientPlace.allCases)
    func changed(place: ClientPlace) async throws {
        let places = desk.places(try await desk.store(), usual: place)
        _ = try await places.add(Self.confidential(Self.secret("a")), of: "wiki", replacing: false)
        var found = try await places.existing("wiki")
        var draft = found.object
        draft["token_endpoint_auth_method"] = "client_secret_post"
        draft["response_modes"] = ["query"]
        found.object = try edited(JSONValue.object(draft).prettyText(), found)
        try await places.rewrite(found)
        let kept = try await places.existing("wiki")
        #expect(kept.object == draft && kept.place == place)
        let client = try #require(try await ClientListing(places).rows.first?.client)
        #expect(client.authenticationMethod == .clientSecretPost && client.responseModes == [.query])
    }

    @Test("CF7: every fault is told with its line, and nothing is changed")
    func faults() async throws {
        let places = desk.places(try await desk.store(), usual: .database)
        _ = try await places.add(ClientDesk.object("wiki"), of: "wiki", replacing: false)
        let found = try await places.existing("wiki")
        let told = refusals(
            """
            {
              "client_id": "wikis",
              "client_name": "Wiki",
              "token_endpoint_auth_method": "none",
              "redirect_uris": ["http://wiki.example/cb"],
              "scope": "openid emial"
            }
            """, found)
        #expect(told.count == 3, "\(told)")
        for (fault, place) in zip(told, ["wiki.draft:2:", "wiki.draft:5:", "wiki.draft:6:"]) {
            #expect(fault.contains(place), "\(fault)")
        }
        for text in ["", "{", "[]", "\"x\"", "{}", #"{"client_id": "wiki", "client_secret": "hunter2"}"#] {
            let told = refusals(text, found)
            #expect(!told.isEmpty && !told.contains { $0.contains("hunter2") }, "\(text)")
        }
        let absent = EditedRegistration(path: drafts.path + "/absent", rules: desk.files.rules)
        #expect(throws: CommandRefusal.self) { try absent.replacing(found) }
        #expect(try await places.existing("wiki").object == ClientDesk.object("wiki"))
    }

    @Test("TK2: a secret that was retired meanwhile does not come back with a file; a first one may be given")
    func secrets() throws {
        let (old, new) = (Self.secret("a"), Self.secret("b"))
        let text = JSONValue.object(Self.confidential(old, new)).prettyText()
        let found = { ClientPlaces.Found(id: "wiki", object: $0, place: .folder, version: 0) }
        let told = refusals(text, found(Self.confidential(new)))
        #expect(told.count == 1 && told.first?.contains("martlet client secret wiki add") == true)
        #expect(try edited(text, found(Self.confidential(old, new))) == Self.confidential(old, new))
        let fewer = JSONValue.object(Self.confidential(new)).prettyText()
        #expect(try edited(fewer, found(Self.confidential(old, new))) == Self.confidential(new))
        #expect(try edited(fewer, found(ClientDesk.object("wiki"))) == Self.confidential(new))
    }

    @Test("--from comes alone")
    func alone() throws {
        let parse = { try Martlet.parseAsRoot(["client", "update", "wiki"] + $0) }
        #expect(throws: (any Error).self) { try parse(["--from", "x", "--name", "New"]) }
        #expect(throws: (any Error).self) { try parse([]) }
        _ = try parse(["--from", "x", "--in", "database"])
    }

    @Test("CF1, CF3: the record tells a new secret from a retired one")
    func recorded() {
        let desk = AuditDesk(random: SystemRandom())
        let kept = ClientSecretCommand.Action.allCases.map {
            desk.record(AuditEvent(.clientChanged, clientID: "wiki", details: ["change": $0.change])).details["change"]
        }
        #expect(kept == ["secret_added", "secret_retired"])
    }
}

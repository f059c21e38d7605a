import Foundation
import OAuth
import Testing

@testable import martlet

@Suite("Client files: one registration a file, faults with line and column (CF7)")
struct ClientFilesTests {
    private let folder: Scratch

    init() throws { folder = try Scratch() }

    private func registry() async throws -> RegisteredClients {
        try await ClientDesk(folder: folder).registry()
    }

    private static let wiki = """
        {
          "client_id": "wiki",
          "client_name": "Wiki",
          "token_endpoint_auth_method": "none",
          "redirect_uris": ["https://wiki.example/cb"],
          "scope": "openid email"
        }
        """

    @Test("A good file is a client; other files are left alone")
    func good() async throws {
        try folder.write(Self.wiki, to: "wiki.json")
        try folder.write("not JSON", to: "README.md")
        try folder.write("not JSON", to: ".hidden.json")
        let registry = try await registry()
        #expect(registry.reload() == [])
        #expect(try await registry.client("wiki")?.name == "Wiki")
        #expect(try await registry.clients().map(\.id) == ["wiki"])
    }

    @Test("Every fault of every file is told, each where it stands")
    func faults() async throws {
        let one = Self.wiki
            .replacing("redirect_uris", with: "redirect_uri").replacing("openid email", with: "openid emial")
        try folder.write(one, to: "wiki.json")
        try folder.write("{\n  \"client_id\": \"a\",\n  \"client_id\": \"b\"\n}", to: "a.json")
        try folder.write("{}", to: "b.json")
        let told = try await registry().reload().map { $0.description.replacing(folder.path + "/", with: "") }
        #expect(
            told == [
                "a.json:3:13: this is not JSON: duplicate object key near '\"client_id\"'",
                "b.json:1:1: client_id is missing",
                "b.json:1:1: redirect_uris must hold at least one address for the grant authorization_code",
                "b.json:1:1: client_secret_basic needs a secret: `martlet client secret ID add` makes one. An app that "
                    + "cannot keep a secret has token_endpoint_auth_method none",
                "wiki.json:5:3: \"redirect_uri\" is not a known name (did you mean redirect_uris?)",
                "wiki.json:6:3: scope holds \"emial\", which this server does not know (did you mean email?)",
            ], "\(told.joined(separator: "\n"))")
    }

    @Test("An element of a list is pointed at itself")
    func element() async throws {
        try folder.write(
            Self.wiki.replacing(
                "[\"https://wiki.example/cb\"]",
                with: "[\n    \"https://wiki.example/cb\",\n    \"x:y\"]"),
            to: "wiki.json")
        #expect(try await registry().reload().map(\.line) == [7])
    }

    @Test("The file is named after the client, or refused")
    func name() async throws {
        try folder.write(Self.wiki, to: "other.json")
        let registry = try await registry()
        #expect(registry.reload().map(\.suggestion) == ["other"])
        #expect(try await registry.client("wiki") == nil)
        #expect(try await registry.client("other") == nil)
    }

    @Test("A file that is too long, or not text at all, is a fault and nothing worse")
    func garbage() async throws {
        try folder.write(String(repeating: " ", count: 70_000), to: "long.json")
        try folder.write("", to: "empty.json")
        try folder.write("\u{0}\u{0}", to: "nul.json")
        try folder.write(String(repeating: "[", count: 5000), to: "deep.json")
        try folder.write("[]", to: "list.json")
        #expect(try await registry().reload().count == 5)
    }

    @Test("Reading again: a broken file keeps the old registration, a removed file ends it")
    func reload() async throws {
        try folder.write(Self.wiki, to: "wiki.json")
        let registry = try await registry()
        #expect(registry.reload() == [])
        try folder.write("{", to: "wiki.json")
        #expect(registry.reload().count == 1)
        #expect(try await registry.client("wiki")?.name == "Wiki")
        try folder.write(Self.wiki.replacing("\"Wiki\"", with: "\"Our wiki\""), to: "wiki.json")
        #expect(registry.reload() == [])
        #expect(try await registry.client("wiki")?.name == "Our wiki")
        try FileManager.default.removeItem(atPath: folder.path + "/wiki.json")
        #expect(registry.reload() == [])
        #expect(try await registry.client("wiki") == nil)
    }

    @Test("While the folder cannot be read, everything stays as it was")
    func noFolder() async throws {
        try folder.write(Self.wiki, to: "wiki.json")
        let registry = try await registry()
        #expect(registry.reload() == [])
        try FileManager.default.removeItem(atPath: folder.path)
        #expect(registry.reload().map(\.message).first?.hasPrefix("the folder of clients cannot be read") == true)
        #expect(try await registry.client("wiki") != nil)
    }

    @Test("An id is compared byte for byte")
    func exactID() async throws {
        try folder.write(Self.wiki.replacing("\"wiki\"", with: "\"K\""), to: "K.json")
        let registry = try await registry()
        #expect(registry.reload() == [])
        #expect(try await registry.client("K") != nil)
        #expect(try await registry.client("\u{212A}") == nil)
        #expect(try await registry.client("") == nil)
    }
}

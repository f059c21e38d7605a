import Cryptography
import Foundation
import JSON
import OAuth
import Testing

@testable import martlet

@Suite("martlet client: files the server takes, secrets shown once (TK2, CF7)")
struct ClientCommandTests {
    private let scratch: Scratch
    private let folder: ClientFolder

    init() throws {
        scratch = try Scratch()
        folder = ClientFolder(
            directory: scratch.path, knownScopes: ["openid", "profile", "email", "roles", "offline_access"],
            algorithms: SignatureAlgorithm.allCases)
    }

    private func draft(_ id: String = "wiki") -> ClientDraft {
        var draft = ClientDraft(id: id, name: "Wiki")
        draft.redirectURIs = ["https://wiki.example/cb"]
        return draft
    }

    private func secret() throws -> ClientSecret { try ClientSecret(random: SystemRandom(), at: Instant(seconds: 1)) }

    @Test("TK2: the file holds the digest of the secret, and nothing of the secret itself")
    func digestOnly() throws {
        let secret = try secret()
        try folder.write(draft().object(secret: secret), of: "wiki", replacing: false)
        #expect(secret.plaintext.hasPrefix("mcs_") && secret.plaintext.utf8.count == 47)
        #expect(try !scratch.text(of: "wiki.json").contains(secret.plaintext.dropFirst(4)))
        let client = try #require(folder.files.read()?.clients.first)
        #expect(client.secretDigests == [TokenDigest(bytes: SHA256.digest(Array(secret.plaintext.utf8)))])
        #expect(try scratch.mode(of: "wiki.json") == 0o644 && scratch.names == ["wiki.json"])
    }

    @Test("A file that is there is not written over, unless asked")
    func replacing() throws {
        try folder.write(draft().object(secret: try secret()), of: "wiki", replacing: false)
        let before = try scratch.text(of: "wiki.json")
        #expect(throws: CommandRefusal.self) {
            try folder.write(draft().object(secret: try secret()), of: "wiki", replacing: false)
        }
        #expect(try scratch.text(of: "wiki.json") == before && scratch.names == ["wiki.json"])
        try folder.write(draft().object(secret: try secret()), of: "wiki", replacing: true)
        #expect(try scratch.text(of: "wiki.json") != before && scratch.names == ["wiki.json"])
    }

    @Test("What the server would refuse is not written")
    func refused() throws {
        var wrong = draft()
        wrong.redirectURIs = ["http://wiki.example/cb"]
        wrong.scope = "openid emial"
        do {
            try folder.write(wrong.object(secret: try secret()), of: "wiki", replacing: false)
            Issue.record("was written")
        } catch {
            #expect((error as? CommandRefusal)?.sentences.count == 2)
        }
        #expect(scratch.names == [])
    }

    @Test(
        "An id that would be another file is refused",
        arguments: ["../wiki", "a/b", ".wiki", "..", "", "a b", "wïki"])
    func badID(_ id: String) {
        #expect(throws: CommandRefusal.self) { try folder.write([:], of: id, replacing: true) }
        #expect(throws: CommandRefusal.self) { try folder.remove(id) }
    }

    @Test("TK2: two secrets at most; the oldest is retired, the last one never")
    func rotation() throws {
        let (first, second) = (try secret(), try secret())
        let one = draft().object(secret: first)
        #expect(throws: CommandRefusal.self) { try ClientSecretCommand.retiringOldest(of: one) }
        let two = try ClientSecretCommand.adding(second, to: one)
        #expect(throws: CommandRefusal.self) { try ClientSecretCommand.adding(try secret(), to: two) }
        let rest = try ClientSecretCommand.retiringOldest(of: two)
        #expect(rest[ClientSecret.name] == [second.member])
    }

    @Test("A client without secrets is given none", arguments: ["none", "private_key_jwt"])
    func noSecrets(_ method: String) throws {
        let object: JSONObject = ["token_endpoint_auth_method": .string(method)]
        let secret = try secret()
        #expect(throws: CommandRefusal.self) { try ClientSecretCommand.adding(secret, to: object) }
    }

    @Test("What is there but broken is told with its place, and not written over by a rotation")
    func broken() throws {
        try scratch.write("{\n  \"client_id\": }", to: "wiki.json")
        do {
            _ = try folder.existing("wiki")
            Issue.record("was read")
        } catch {
            #expect("\(error)".contains("wiki.json:2:"))
        }
        #expect(throws: CommandRefusal.self) { try folder.existing("nobody") }
        #expect(throws: CommandRefusal.self) { try folder.remove("nobody") }
    }

    @Test("Every known app gets a registration the server takes, its secret once, and nothing left open")
    func recipes() throws {
        for recipe in AppRecipe.all where recipe.name != "generic" {
            var draft = ClientDraft(id: recipe.name, name: recipe.title)
            recipe.apply(to: &draft, base: "https://app.example.com")
            let secret = draft.isPublic ? nil : try secret()
            try folder.write(draft.object(secret: secret), of: recipe.name, replacing: false)
            let text = recipe.settings(
                AppFacts(
                    issuer: "https://id.example.com", url: "https://app.example.com", id: recipe.name,
                    secret: secret?.plaintext, redirectURI: draft.redirectURIs.first ?? "", scope: draft.scope))
            #expect(text.contains("https://id.example.com") && text.contains(recipe.name))
            #expect(text.components(separatedBy: secret?.plaintext ?? "mcs_").count == (secret == nil ? 1 : 2))
        }
        let clients = try #require(folder.files.read()).clients
        #expect(clients.count == AppRecipe.all.count - 1)
        #expect(clients.allSatisfy { $0.idTokenAlgorithm == .rs256 && $0.scopes.contains("openid") })
    }

    @Test(
        "What is asked wrongly ends with 2",
        arguments: [
            ["client", "add"], ["client", "add", "X"], ["client", "add", "X", "--for", "generic"],
            ["client", "update", "x"], ["client", "show"], ["client", "list", "--in", "cellar"],
            ["client", "list", "--in", "database", "--clients-dir", "Clients"],
            ["client", "add", "X", "--for", "grafan"], ["client", "add", "X", "--for", "grafana"],
            ["client", "add", "X", "--url", "https://a.example"], ["client", "add", "X", "--grant", "password"],
            ["client", "add", "X", "--for", "grafana", "--url", "http://a.example"],
            ["client", "add", "X", "--for", "grafana", "--url", "https://a.example/?x"], ["client", "secret", "x"],
            ["client", "secret", "x", "show"], ["client", "remove"], ["demo", "--port", "0"],
            ["demo", "--issuer", "x"],
        ])
    func usage(_ arguments: [String]) {
        do {
            _ = try Martlet.parseAsRoot(arguments)
            Issue.record("was taken: \(arguments)")
        } catch {
            #expect(CommandEnding(error).code == 2)
        }
    }

    @Test("Without a redirect address the option is named, and a service is told its way")
    func nameOfTheOption() {
        do {
            _ = try Martlet.parseAsRoot(["client", "add", "Wiki"])
            Issue.record("was taken")
        } catch {
            let text = CommandEnding(error).text
            #expect(text.contains("--redirect-uri") && text.contains("--grant client_credentials"))
        }
        #expect(throws: Never.self) {
            _ = try Martlet.parseAsRoot(["client", "add", "Reports", "--grant", "client_credentials"])
        }
    }

    @Test("An app elsewhere is not given a loopback issuer without a word")
    func loopbackIssuer() {
        let warning = AddClientCommand.warning
        #expect(warning("http://localhost:8080", ["https://wiki.example/cb"])?.contains("--issuer") == true)
        #expect(warning("http://localhost:8080", ["http://localhost:3000/cb"]) == nil)
        #expect(warning("https://id.example", ["https://wiki.example/cb"]) == nil)
        #expect(warning("http://localhost:8080", []) == nil)
    }

    @Test("Nothing is registered in a folder that is not there: it may be the wrong one")
    func wrongFolder() throws {
        let elsewhere = ClientFolder(
            directory: scratch.path + "/Clients", knownScopes: folder.knownScopes, algorithms: folder.algorithms)
        let object = draft().object(secret: try secret())
        do {
            try elsewhere.write(object, of: "wiki", replacing: false)
            Issue.record("was written")
        } catch {
            #expect("\(error)".contains("--clients-dir"))
        }
        #expect(scratch.names.isEmpty)
    }

    @Test(
        "A name becomes an id",
        arguments: [("Our Wiki", "our-wiki"), ("  A&B  ", "a-b"), ("Grafana", "grafana"), ("ü", "")])
    func ids(_ name: String, _ id: String) {
        #expect(ClientDraft.id(from: name) == id)
    }
}

@Suite("martlet demo registers itself, with a secret nobody else knows")
struct DemoRegistrationTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path + "/Clients", withIntermediateDirectories: true)
    }

    private var registration: DemoRegistration {
        let folder = ClientFolder(
            directory: scratch.path + "/Clients",
            knownScopes: ["openid", "profile", "email", "roles", "offline_access"],
            algorithms: [.rs256])
        return DemoRegistration(folder: folder, secretFile: scratch.path + "/data/demo-secret")
    }

    private func complete(port: Int = 8081) throws -> (secret: String, written: String?) {
        try registration.complete(
            home: "http://localhost:\(port)/", redirectURI: "http://localhost:\(port)/callback", random: SystemRandom(),
            at: Instant(seconds: 1_800_000_000))
    }

    @Test("The first start writes a registration the server takes; the second finds it")
    func first() throws {
        let (secret, written) = try complete()
        #expect(written != nil)
        let client = try #require(registration.folder.files.read()?.clients.first)
        #expect(client.id == "demo" && client.authenticationMethod == .clientSecretBasic && !client.policy.skipsConsent)
        #expect(client.redirectURIs == ["http://localhost:8081/callback"])
        #expect(client.postLogoutRedirectURIs == ["http://localhost:8081/"])
        #expect(client.policy.audience == ["http://localhost:8081/"])
        #expect(client.secretDigests == [TokenDigest(bytes: SHA256.digest(Array(secret.utf8)))])
        let again = try complete()
        #expect(again.secret == secret && again.written == nil)
        #expect(try scratch.mode(of: "data/demo-secret") == 0o600)
    }

    @Test("Two deployments have two secrets")
    func ownSecret() throws {
        #expect(try complete().secret != DemoRegistrationTests().complete().secret)
    }

    @Test("A lost secret, or another port, is a new registration; what the operator changed stays")
    func changed() throws {
        let before = try complete().secret
        let text = try scratch.text(of: "Clients/demo.json")
        try scratch.write(text.replacing("\"Martlet demo\"", with: "\"Try me\""), to: "Clients/demo.json")
        try FileManager.default.removeItem(atPath: scratch.path + "/data/demo-secret")
        let lost = try complete()
        #expect(lost.secret != before && lost.written != nil)
        #expect(try complete(port: 9000).written != nil)
        let client = try #require(registration.folder.files.read()?.clients.first)
        #expect(client.redirectURIs == ["http://localhost:9000/callback"] && client.name == "Try me")
        #expect(client.secretDigests.count == 1)
    }

    @Test("A client of that name which the demo has not written is left alone")
    func foreign() throws {
        try scratch.write(#"{"client_id": "demo", "client_name": "Ours"}"#, to: "Clients/demo.json")
        #expect(throws: CommandRefusal.self) { try complete() }
        #expect(try scratch.text(of: "Clients/demo.json").contains("Ours"))
    }

    @Test("In the wrong folder it leaves nothing behind")
    func wrongFolder() throws {
        try FileManager.default.removeItem(atPath: scratch.path + "/Clients")
        #expect(throws: CommandRefusal.self) { try complete() }
        #expect(scratch.names.isEmpty)
    }

    @Test("A secret file with anything else in it is not taken for a secret")
    func notASecret() throws {
        try scratch.write("hunter2\n", to: "data/demo-secret")
        #expect(try complete().secret.hasPrefix("mcs_"))
    }
}

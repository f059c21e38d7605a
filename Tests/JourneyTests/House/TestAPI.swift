import HTTPTypes
import Identity
import JSON
import OAuth
import Testing
import Web

/// A program that calls the administration API.
struct TestAPI: Sendable {
    static let base = "/api/admin/v1"
    static let resource = TestHouse.origin + "/api/admin"
    static let people = "martlet.people.read martlet.people.write"
    static let everything = "\(people) martlet.audit.read martlet.administrators.write"

    /// On its own behalf, and for people.
    static var robot: String {
        """
        {"client_id": "robot", "client_name": "Robot", "redirect_uris": ["https://robot.example/callback"],
         "grant_types": ["client_credentials", "authorization_code"],
         "scope": "openid \(everything)", "id_token_signed_response_alg": "ES256", \(TestClients.secretMember),
         "martlet_resources": ["\(resource)", "https://other.example/"], "martlet_skips_consent": true}
        """
    }

    /// May look, not touch.
    static var reader: String {
        """
        {"client_id": "reader", "client_name": "Reader", "grant_types": ["client_credentials"],
         "scope": "martlet.people.read", \(TestClients.secretMember), "martlet_resources": ["\(resource)"]}
        """
    }

    static let robotApp = TestApp(
        id: "robot", secret: TestClients.secret, redirectURI: "https://robot.example/callback",
        scope: "openid \(everything)")
    static let readerApp = TestApp(id: "reader", secret: TestClients.secret, redirectURI: "", scope: "")

    static func house() async throws -> TestHouse {
        try await TestHouse(clients: TestClients.all.merging(["robot": robot, "reader": reader]) { $1 })
    }

    let house: TestHouse
    let token: String?

    /// With a token of the app's own.
    static func own(
        _ house: TestHouse, _ app: TestApp = robotApp, scope: String? = nil, resource: String? = TestAPI.resource
    ) async throws -> TestAPI {
        let form: [String: String?] = ["grant_type": "client_credentials", "scope": scope, "resource": resource]
        let page = await app.call("/token", form, at: house.reception)
        return TestAPI(house: house, token: try TestTokens(page).access)
    }

    /// With a token about a person.
    static func person(_ house: TestHouse, _ email: String, scope: String? = nil) async throws -> TestAPI {
        let tokens = try await house.tokens(
            for: robotApp, in: house.browser(from: "192.0.2.77"), as: email,
            ["resource": resource, "scope": scope ?? robotApp.scope])
        return TestAPI(house: house, token: tokens.access)
    }

    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:],
        through reception: Reception? = nil
    ) async -> TestPage {
        await send(method, path, body.map { $0.bytes() } ?? [], headers: headers, through: reception)
    }

    /// Of the person as they are now.
    func setRoles(
        of id: String, _ roles: JSONValue, reason: JSONValue = "new job", through reception: Reception? = nil
    ) async throws -> TestPage {
        let version = try await house.store.account(id: id)?.version ?? "nobody's"
        return await call(
            .put, "/people/\(id)/roles", ["reason": reason, "roles": roles], headers: ["If-Match": "\"\(version)\""],
            through: reception)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8], headers: [String: String] = [:],
        through reception: Reception? = nil
    ) async -> TestPage {
        var fields = HTTPFields(headers)
        if let token, fields[.authorization] == nil { fields[.authorization] = "Bearer \(token)" }
        if !body.isEmpty, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let target = Self.base + path
        let request = IncomingRequest(
            method: method, target: target, headers: fields, body: body, peer: "198.51.100.9")
        return TestPage(target: target, reply: await (reception ?? house.reception).answer(request))
    }
}

extension TestPage {
    var problem: String? { self["type"]?.stringValue?.split(separator: ":").last.map(String.init) }
}

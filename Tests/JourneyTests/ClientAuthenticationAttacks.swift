import Cryptography
import HTTPTypes
import JOSE
import JSON
import OAuth
import Testing
import Web

@Suite("How clients prove who they are")
struct ClientAuthenticationAttacks {
    static let endpoints = ["/token", "/introspect", "/revoke"]
    static let form: [String: String] = ["grant_type": "client_credentials", "token": "x"]

    struct Attempt: Sendable, CustomTestStringConvertible {
        var form: [String: String] = [:]
        var authorization: String?
        let error: String
        var testDescription: String { "\(form) \(authorization ?? "") \(error)" }
    }

    static let secret = TestClients.secret
    static let assertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    static let attempts = [
        Attempt(error: "invalid_client"), Attempt(form: ["client_id": ""], error: "invalid_client"),
        Attempt(form: ["client_id": "shop"], error: "invalid_client"),
        Attempt(form: ["client_id": "shop", "client_secret": secret], error: "invalid_client"),
        Attempt(form: ["client_secret": secret], error: "invalid_client"),
        Attempt(authorization: TestApp.basic("bank", secret), error: "invalid_client"),
        Attempt(authorization: TestApp.basic("shop", "wrong"), error: "invalid_client"),
        Attempt(authorization: TestApp.basic("shop", ""), error: "invalid_client"),
        Attempt(authorization: TestApp.basic("shop", TestClients.secretHash), error: "invalid_client"),
        Attempt(authorization: TestApp.basic("shop", String(secret.dropLast())), error: "invalid_client"),
        Attempt(authorization: TestApp.basic("shop", secret + "\u{301}"), error: "invalid_client"),
        Attempt(authorization: TestApp.basic("SHOP", secret), error: "invalid_client"),
        Attempt(authorization: TestApp.basic("unknown", secret), error: "invalid_client"),
        Attempt(authorization: TestApp.basic("", secret), error: "invalid_client"),
        Attempt(authorization: "Basic", error: "invalid_client"),
        Attempt(authorization: "Basic ", error: "invalid_client"),
        Attempt(authorization: "Basic c2hvcA==", error: "invalid_client"),
        Attempt(authorization: "Basic !!!!", error: "invalid_client"),
        Attempt(authorization: "Basic " + String(repeating: "A", count: 9000), error: "invalid_client"),
        Attempt(authorization: "Bearer " + secret, error: "invalid_client"),
        Attempt(form: ["client_id": "bank"], authorization: TestApp.basic("shop", secret), error: "invalid_client"),
        Attempt(
            form: ["client_id": "shop", "client_secret": secret], authorization: TestApp.basic("shop", secret),
            error: "invalid_request"),
        Attempt(
            form: ["client_assertion": "a.b.c", "client_assertion_type": assertion],
            authorization: TestApp.basic("shop", secret), error: "invalid_request"),
        Attempt(
            form: ["client_id": "bank", "client_secret": secret, "client_assertion": "a.b.c"], error: "invalid_request"),
        Attempt(form: ["client_assertion": "a.b.c"], error: "invalid_request"),
        Attempt(form: ["client_assertion": "a.b.c", "client_assertion_type": "x"], error: "invalid_request"),
        Attempt(form: ["client_assertion": "a.b.c", "client_assertion_type": assertion], error: "invalid_client"),
        Attempt(form: ["client_assertion": "e30.e30.", "client_assertion_type": assertion], error: "invalid_client"),
    ]

    @Test(
        "Only the registered way, with the right secret, is let in, at every endpoint (TK1, TK12, TK13)",
        arguments: attempts)
    func refused(_ attempt: Attempt) async throws {
        let house = try await TestHouse()
        for path in Self.endpoints {
            let fields = Self.form.merging(attempt.form) { $1 }.map { (name: $0.key, value: $0.value) }
            let headers = attempt.authorization.map { ["Authorization": $0] } ?? [:]
            let page = await house.browser().send(.post, path, form: fields, headers: headers)
            #expect(page.error == attempt.error, "\(path) \(page.text)")
            #expect(page.status == (attempt.error == "invalid_client" ? 401 : 400))
            #expect((page.header("WWW-Authenticate")?.hasPrefix("Basic ") == true) == (page.status == 401))
        }
    }

    @Test("Each client is let in the way it is registered, the scheme's name in any case (TK1)")
    func admitted() async throws {
        let house = try await TestHouse()
        for app in [TestApp.shop, .bank, .watch] {
            #expect(await app.call("/token", ["grant_type": "client_credentials"], at: house.reception).status == 200)
        }
        let headers = ["Authorization": TestApp.basic("shop", Self.secret).replacing("Basic", with: "bASIC")]
        let form = [(name: "grant_type", value: "client_credentials"), (name: "client_id", value: "shop")]
        #expect(await house.browser().send(.post, "/token", form: form, headers: headers).status == 200)
    }

    @Test("During rotation two secrets are good, and the one taken out is not (TK2)")
    func rotation() async throws {
        let house = try await TestHouse()
        let old = TestClients.secretHash
        let other = Hex.encode(SHA256.digest(Array("mcs_other".utf8)))
        let entry = { (hash: String) in #"{"sha256": "\#(hash)", "created": "2026-01-01"}"# }
        try house.register("shop", TestClients.shop.replacing(entry(old), with: entry(old) + ", " + entry(other)))
        let second = TestApp(id: "shop", secret: "mcs_other", redirectURI: "", scope: "")
        for app in [TestApp.shop, second] {
            #expect(await app.call("/token", ["grant_type": "client_credentials"], at: house.reception).status == 200)
        }
        try house.register("shop", TestClients.shop.replacing(entry(old), with: entry(other)))
        #expect(
            await TestApp.shop.call("/token", ["grant_type": "client_credentials"], at: house.reception).status == 401)
        #expect(await second.call("/token", ["grant_type": "client_credentials"], at: house.reception).status == 200)
    }

    @Test(
        "Parameters in the address are refused, credentials or not, and other methods with 405 (TK4)",
        arguments: endpoints)
    func queries(path: String) async throws {
        let house = try await TestHouse()
        for query in ["client_id=shop&client_secret=\(Self.secret)", "x=1", "grant_type=client_credentials", "token=x"]
        {
            let page = await TestApp.shop.call(path + "?" + query, Self.form, at: house.reception)
            #expect(page.status == 400 && page.error == "invalid_request", "\(query)")
        }
        for method in [HTTPRequest.Method.get, .head, .put, .delete, .patch, .trace] {
            let page = await house.browser().send(method, path)
            #expect(page.status == 405 && page.header("Allow") == "POST", "\(method)")
        }
        let doubled = Self.form.map { (name: $0.key, value: $0.value) } + [("token", "y"), ("grant_type", "x")]
        let basic = ["Authorization": TestApp.basic("shop", Self.secret)]
        #expect(await house.browser().send(.post, path, form: doubled, headers: basic).error == "invalid_request")
    }

    @Test(
        "Grants that are not spoken or not registered are refused (AZ5, AZ6, TK17)",
        arguments: [
            ("password", "unsupported_grant_type"), ("implicit", "unsupported_grant_type"),
            ("token", "unsupported_grant_type"),
            ("urn:ietf:params:oauth:grant-type:device_code", "unsupported_grant_type"),
            ("urn:ietf:params:oauth:grant-type:token-exchange", "unsupported_grant_type"),
            ("urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type"),
            ("Client_Credentials", "unsupported_grant_type"), ("client_credentials ", "unsupported_grant_type"),
            ("refresh_token", "unauthorized_client"),
        ])
    func grants(type: String, error: String) async throws {
        let house = try await TestHouse()
        let form = [
            "grant_type": type, "username": "ada@example.org", "password": TestHouse.password, "refresh_token": "x",
        ]
        #expect(await TestApp.bank.call("/token", form, at: house.reception).error == error)
    }

    @Test("A client on its own behalf gets no refresh token, no ID token and nobody's sub (TK18)")
    func clientCredentials() async throws {
        let house = try await TestHouse()
        let form = ["grant_type": "client_credentials"]
        let page = await TestApp.shop.call("/token", form, at: house.reception)
        #expect(page["refresh_token"] == nil && page["id_token"] == nil)
        let access = try #require(page["access_token"]?.stringValue)
        #expect(try TestTokens.claims(access)["sub"] == "client:shop")
        #expect(await TestApp.userInfo(access, at: house.reception).status == 401)
        for scope in ["openid", "profile", "email", "roles", "offline_access", "admin"] {
            let refused = await TestApp.shop.call("/token", form.merging(["scope": scope]) { $1 }, at: house.reception)
            #expect(refused.error == "invalid_scope", "\(scope)")
        }
        for app in [TestApp.app, .device, .office] {
            #expect(await app.call("/token", form, at: house.reception).error == "unauthorized_client")
        }
    }

    @Test("Every answer of these endpoints is JSON, or nothing, and never kept (TK5)")
    func headers() async throws {
        let house = try await TestHouse()
        for path in Self.endpoints {
            for app in [TestApp.shop, TestApp(id: "shop", secret: "wrong", redirectURI: "", scope: "")] {
                let page = await app.call(path, Self.form, at: house.reception)
                #expect(page.header("Cache-Control") == "no-store")
                #expect(page.text.isEmpty || page.header("Content-Type") == "application/json")
                #expect(page.text.isEmpty || page.json != nil)
            }
        }
    }
}

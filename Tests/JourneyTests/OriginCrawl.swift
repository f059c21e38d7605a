import Foundation
import JSON
import OAuth
import Testing

@testable import Web

@Suite("Other origins, other hosts")
struct OriginCrawl {
    static let strangers = [
        "null", "https://evil.example", "https://app.example.evil.example", "https://evil-app.example",
        "https://APP.example", "https://app.example:443", "https://app.example/", "http://app.example", "app.example",
        "https://app.example https://evil.example", "*", "https://app.example\u{301}", "https://sub.app.example", "",
    ]
    static let readable = ["/token", "/userinfo", "/revoke"]
    static let open = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks.json"]

    @Test("A registered origin reads tokens, userinfo and revocation, refusals included; no other origin does (WB5)")
    func registered() async throws {
        let house = try await TestHouse()
        for path in Self.readable {
            let own = await TestApp.app.call(
                path, ["token": "x"], at: house.reception, headers: ["Origin": "https://app.example"])
            #expect(own.header("Access-Control-Allow-Origin") == "https://app.example", "\(path)")
            #expect(own.header("Access-Control-Allow-Credentials") == nil && own.header("Vary") == "Origin")
            for origin in Self.strangers {
                let page = await TestApp.app.call(
                    path, ["token": "x"], at: house.reception, headers: ["Origin": origin])
                #expect(page.header("Access-Control-Allow-Origin") == nil, "\(path) \(origin)")
                #expect(page.header("Vary") == "Origin")
            }
        }
    }

    @Test("A preflight is answered to registered origins alone, and only where they may read (WB5, AZ15)")
    func preflight() async throws {
        let house = try await TestHouse()
        for route in Reception.routes(house.reception.rooms) {
            let path = route.filled
            let mayRead = Self.readable.contains(path) || Self.open.contains(path)
            for origin in ["https://app.example"] + Self.strangers {
                let page = await house.browser().send(
                    .options, path,
                    headers: [
                        "Origin": origin, "Access-Control-Request-Method": "POST",
                        "Access-Control-Request-Headers": "authorization",
                    ])
                let isAllowed = Self.open.contains(path) || (mayRead && origin == "https://app.example")
                #expect((page.status == 204) == isAllowed, "\(path) \(origin)")
                #expect((page.header("Access-Control-Allow-Origin") != nil) == isAllowed, "\(path) \(origin)")
                #expect(page.header("Access-Control-Allow-Credentials") == nil)
            }
        }
    }

    @Test("Pages, sign-in and the authorization endpoint are read by no other origin (AZ15, WB5)")
    func pages() async throws {
        let house = try await TestHouse()
        let paths = Reception.routes(house.reception.rooms).map(\.path).filter {
            !Self.readable.contains($0) && !Self.open.contains($0)
        }
        for path in paths + ["/nowhere"] {
            for origin in ["https://app.example", "https://shop.example", TestHouse.origin, "null"] {
                let page = await house.browser().send(.get, path, headers: ["Origin": origin])
                #expect(page.header("Access-Control-Allow-Origin") == nil, "\(path) \(origin)")
                // Pictures of people are shown by apps.
                let policy = path == "/pictures/*" ? "cross-origin" : "same-origin"
                #expect(page.header("Cross-Origin-Resource-Policy") == policy, "\(path)")
            }
        }
        for path in Self.open {
            let page = await house.browser().send(.get, path, headers: ["Origin": "https://anybody.example"])
            #expect(page.header("Access-Control-Allow-Origin") == "*" && page.status == 200, "\(path)")
        }
    }

    static let lies: [[String: String]] = [
        ["Host": "evil.example"], ["Host": "localhost:9999"], ["Host": ""], ["Host": "evil.example\u{1F426}"],
        ["X-Forwarded-Host": "evil.example"], ["X-Forwarded-Proto": "ftp"], ["X-Forwarded-Port": "666"],
        ["Forwarded": "host=evil.example;proto=ftp;for=192.0.2.66"], ["X-Original-URL": "/admin"],
        ["X-Rewrite-URL": "/admin"], ["X-Host": "evil.example"], ["X-Forwarded-Prefix": "/evil"],
        ["X-Forwarded-For": "evil.example"], ["X-HTTP-Method-Override": "DELETE"], ["Referer": "https://evil.example/"],
    ]

    @Test(
        "Host and forwarding headers never show in a response: addresses come from the settings (JW9, IN7)",
        arguments: lies)
    func hostHeaders(_ lie: [String: String]) async throws {
        let house = try await TestHouse()
        let browser = house.browser()
        let paths = Reception.routes(house.reception.rooms).map(\.path) + [TestApp.shop.request(["prompt": "none"])]
        for path in paths {
            let truth = await browser.send(.get, path)
            let page = await browser.send(.get, path, headers: lie)
            #expect(page.status == truth.status && page.location?.contains("evil") != true, "\(path)")
            #expect(!page.text.contains("evil"), "\(path)")
        }
        let document = await browser.send(.get, "/.well-known/openid-configuration", headers: lie)
        #expect(document["issuer"] == .string(TestHouse.origin))
        for member in document.json?.members ?? []
        where member.key.hasSuffix("_endpoint") || member.key.hasSuffix("_uri") {
            #expect(member.value.stringValue?.hasPrefix(TestHouse.origin + "/") == true, "\(member.key)")
        }
    }

    @Test("X-Forwarded-For is believed of listed proxies alone, from the right (IN7)")
    func proxies() async throws {
        let house = try await TestHouse.behindProxies("10.0.0.0/8")
        _ = try await house.person()
        let table: [(peer: String, forwarded: String, seen: String)] = [
            ("10.1.2.3", "203.0.113.7", "203.0.113.7"), ("10.1.2.3", "192.0.2.66, 203.0.113.7", "203.0.113.7"),
            ("10.1.2.3", "203.0.113.7, 10.9.9.9", "203.0.113.7"), ("10.1.2.3", "203.0.113.7, nonsense", "10.1.2.3"),
            ("10.1.2.3", "", "10.1.2.3"), ("198.51.100.1", "203.0.113.7", "198.51.100.1"),
            ("10.1.2.3", "10.2.2.2, 10.3.3.3", "10.1.2.3"), ("::ffff:10.1.2.3", "2001:db8::7", "2001:db8::7"),
        ]
        for row in table {
            let browser = house.browser(from: row.peer)
            let page = await browser.get("/sign-in")
            _ = await browser.post(
                page, ["email": "ada@example.org", "password": TestHouse.password],
                headers: ["X-Forwarded-For": row.forwarded])
            let account = await browser.get("/account/sessions")
            #expect(account.text.contains("<dd dir=\"ltr\">\(row.seen)</dd>"), "\(row)")
            _ = await browser.submit(account, [:], action: "/account/sessions/end-others")
        }
    }

    @Test("The metadata is true: each endpoint it names answers (JW12)")
    func metadata() async throws {
        let house = try await TestHouse()
        let document = await house.browser().get("/.well-known/openid-configuration")
        let same = await house.browser().get("/.well-known/oauth-authorization-server")
        #expect(document.text == same.text)
        for member in document.json?.members ?? [] where member.key.hasSuffix("_endpoint") || member.key == "jwks_uri" {
            let address = try #require(member.value.stringValue)
            let page = await house.browser().get(String(address.dropFirst(TestHouse.origin.count)))
            #expect(page.status != 404, "\(member.key)")
        }
        #expect(document["code_challenge_methods_supported"] == ["S256"])
        #expect(document["response_types_supported"] == ["code"])
        #expect(document["authorization_response_iss_parameter_supported"] == true)
        for key in try #require(await house.browser().get("/jwks.json")["keys"]?.arrayValue) {
            #expect(key.objectValue?["d"] == nil && key.objectValue?["kid"] != nil)
        }
    }
}

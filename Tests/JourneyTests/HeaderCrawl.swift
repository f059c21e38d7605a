import Foundation
import HTTPTypes
import OAuth
import Testing

@testable import Web

@Suite("What every response carries")
struct HeaderCrawl {
    static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .patch, .options, .trace, .connect]
    static let strange = [
        "", "*", "/nowhere", "/nowhere/at/all", "//evil.example/", "/../etc/passwd", "/assets/", "/assets/x.css",
        "/%2e%2e/",
        "/authorize/", "/AUTHORIZE", "/token/x", "/.well-known/", "/.well-known/webfinger", "/health/live", "/metrics",
        "/debug", "/admin", "/server-status", "/.git/config", "/.env", "http://evil.example/", "/account/sessions/end/",
        "/setup/%00", "/\u{1F426}", "/" + String(repeating: "a", count: 9000), "?", "/?x=%", "/logout?state=%ff",
    ]

    static func paths(_ house: TestHouse) -> [String] {
        Reception.routes(house.reception.rooms).map(\.filled)
            + strange
            + [house.reception.rooms.pages.assets.path("martlet.css")]
    }

    /// Every response there is: each route and strange address by each method, signed in and not.
    private func crawl(_ house: TestHouse, _ visit: (String, TestPage) -> Void) async throws {
        _ = try await house.person()
        let signedIn = house.browser()
        _ = await signedIn.signIn(await signedIn.get("/sign-in"), "ada@example.org")
        for path in Self.paths(house) {
            for method in Self.methods {
                visit("\(method) \(path)", await house.browser().send(method, path, form: method == .post ? [] : nil))
                visit("\(method) \(path)", await signedIn.send(method, path, headers: ["Content-Type": "text/plain"]))
            }
        }
        for app in [TestApp.shop, .app, .bank] {
            visit("error", await signedIn.get(app.request(["prompt": "none"])))
            visit("form", await signedIn.get(app.request(["response_mode": "form_post"])))
            visit("consent", await signedIn.visit(app.request()))
            visit("page", await signedIn.get(app.request(["redirect_uri": "https://evil.example/"])))
        }
    }

    @Test("Security headers are on every response, of every route and method, errors included (WB2-WB4, CF6)")
    func everywhere() async throws {
        let house = try await TestHouse.secure()
        try await crawl(house) { name, page in
            #expect(page.header("X-Content-Type-Options") == "nosniff", "\(name)")
            #expect(page.header("X-Frame-Options") == "DENY", "\(name)")
            #expect(["same-origin", "no-referrer"].contains(page.header("Referrer-Policy")), "\(name)")
            #expect(page.header("Cross-Origin-Opener-Policy") == "same-origin", "\(name)")
            #expect(["same-origin", "cross-origin"].contains(page.header("Cross-Origin-Resource-Policy")), "\(name)")
            #expect(page.header("Permissions-Policy")?.isEmpty == false, "\(name)")
            #expect(page.header("Strict-Transport-Security") == "max-age=31536000; includeSubDomains", "\(name)")
            let policy = page.header("Content-Security-Policy") ?? ""
            for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action "] {
                #expect(policy.contains(part), "\(name): \(part)")
            }
            #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http:"), "\(name)")
            for banner in ["Server", "X-Powered-By", "Via", "X-Runtime", "X-AspNet-Version"] {
                #expect(page.header(banner) == nil, "\(name): \(banner)")
            }
            #expect(page.status < 500, "\(name)")
        }
    }

    @Test("Nothing is kept by browsers or proxies but metadata and assets (WB10, TK5)")
    func caching() async throws {
        let house = try await TestHouse()
        let kept = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks.json"]
        try await crawl(house) { name, page in
            let control = page.header("Cache-Control") ?? ""
            if page.status == 200, kept.contains(page.target) {
                #expect(control.hasPrefix("public, max-age="), "\(name)")
            } else if page.status == 200, page.target.hasPrefix("/assets/") {
                #expect(control == "public, max-age=31536000, immutable", "\(name)")
            } else {
                #expect(control == "no-store", "\(name)")
            }
            #expect(page.header("Strict-Transport-Security") == nil, "\(name)")
        }
    }

    @Test("Content types are exact, and say their charset where it matters (WB4)")
    func contentTypes() async throws {
        let house = try await TestHouse()
        let types: Set<String?> = [
            "text/html; charset=utf-8", "application/json", "text/css; charset=utf-8", "text/javascript; charset=utf-8",
            "image/svg+xml", "application/problem+json",
        ]
        try await crawl(house) { name, page in
            #expect(page.reply.body.isEmpty || types.contains(page.header("Content-Type")), "\(name)")
        }
    }

    @Test("An unknown method is 405 and says which there are; HEAD is GET without a body; TRACE echoes nothing (IN8)")
    func methods() async throws {
        let house = try await TestHouse()
        for route in Reception.routes(house.reception.rooms) where !route.isHidden {
            let path = route.filled
            for method in Self.methods where method != .options {
                let isKnown = route.actions[method == .head ? .get : method] != nil
                let page = await house.browser().send(
                    method, path, form: method == .post ? [] : nil, headers: ["X-Echo": "secret-echo"])
                #expect((page.status == 405) == !isKnown, "\(method) \(path)")
                #expect((page.header("Allow") != nil) == !isKnown, "\(method) \(path)")
                #expect(!page.text.contains("secret-echo"))
                if method == .head { #expect(page.reply.body.isEmpty) }
            }
            let get = await house.browser().send(.get, path)
            let head = await house.browser().send(.head, path)
            #expect(route.actions[.get] == nil || get.status == head.status, "\(path)")
        }
    }

    @Test(
        "Cookies are HttpOnly, SameSite and short; with https also Secure under the __Host- prefix (WB1)",
        arguments: [false, true])
    func cookies(isSecure: Bool) async throws {
        let house = try await isSecure ? TestHouse.secure() : TestHouse()
        var seen: Set<String> = []
        try await crawl(house) { name, page in
            for cookie in page.cookies {
                seen.insert(String(cookie.prefix { $0 != "=" }))
                #expect(
                    cookie.contains("; Path=/;") && cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"))
                #expect(!cookie.lowercased().contains("domain") && cookie.utf8.count < 4096, "\(name)")
                #expect(cookie.contains("; Secure") == isSecure && cookie.hasPrefix("__Host-") == isSecure, "\(name)")
            }
        }
        #expect(seen == (isSecure ? ["__Host-martlet-browser"] : ["martlet-browser"]))
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        let page = await browser.post(form, ["email": "ada@example.org", "password": TestHouse.password])
        let session = try #require(page.cookies.first)
        #expect(session.hasPrefix(isSecure ? "__Host-martlet-session=mse_" : "martlet-session=mse_"))
        #expect(session.contains("; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax") && page.status == 303)
        #expect(session.contains("; Secure") == isSecure)
    }

    @Test("A page with a secret in its address sends no referrer anywhere (ML12)")
    func secretPages() async throws {
        let house = try await TestHouse()
        let link = try await house.setupLink()
        for target in [link, "/setup/unknown", link + "x"] {
            #expect(await house.browser().get(target).header("Referrer-Policy") == "no-referrer")
        }
    }

    @Test("Scripts, styles and pictures come from here alone, and none is written into a page (WB3, WB8, WB10)")
    func sources() async throws {
        let house = try await TestHouse()
        try await crawl(house) { name, page in
            guard page.header("Content-Type")?.hasPrefix("text/html") == true else { return }
            for match in page.text.matches(of: /(?:src|href)="([^"]*)"/) where !match.1.hasPrefix("#") {
                // The key of an authenticator app, for an app on the same device.
                if match.1.hasPrefix("otpauth://totp/"), page.target == "/account/factors/app" { continue }
                #expect(match.1.hasPrefix("/") && !match.1.hasPrefix("//"), "\(name): \(match.1)")
            }
            #expect(page.text.firstMatch(of: /<script(?![^>]* src=)/) == nil, "\(name)")
            #expect(page.text.firstMatch(of: /<[^>]*\s(?:on[a-z]+|style)=/) == nil, "\(name)")
        }
    }

    @Test("A body too large to be read is 413 with every header, as page or as JSON (IN5, WB3)")
    func tooLarge() async throws {
        let house = try await TestHouse()
        for (path, isJSON) in [("/sign-in", false), ("/token", true), ("/nowhere", false), ("/setup/x", false)] {
            let reply = house.reception.tooLarge(target: path + "?x=1", headers: [:], peer: "192.0.2.1")
            let page = TestPage(target: path, reply: reply)
            #expect(page.status == 413 && page.header("Cache-Control") == "no-store", "\(path)")
            #expect(page.header("Content-Security-Policy") != nil && page.header("X-Content-Type-Options") == "nosniff")
            #expect((page.error != nil) == isJSON && (page.reference != nil) == !isJSON, "\(path)")
        }
    }
}

import Foundation
import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Which providers an app offers and takes")
struct UpstreamApps {
    static func client(_ methods: String) -> String {
        TestClients.app.replacing(
            "\"martlet_skips_consent\": true",
            with: "\"martlet_skips_consent\": true, \"martlet_sign_in_methods\": \(methods)")
    }

    private func house(_ methods: String, settings: (inout Settings) -> Void = { _ in }) async throws
        -> (upstream: UpstreamHouse, ada: Account)
    {
        let upstream = try await UpstreamHouse.make(settings: settings)
        try upstream.house.register("app", Self.client(methods))
        let ada = try await upstream.house.person()
        for id in ["github", "google"] { try await upstream.house.connect(ada, id) }
        return (upstream, ada)
    }

    private static func offered(on page: TestPage) -> [String] {
        page.forms.map(\.action).filter { $0.hasPrefix("/upstream/") }.map { String($0.dropFirst(10)) }
    }

    @Test("B133: an app shows the providers that it names, and nothing of the others")
    func shown() async throws {
        let (upstream, _) = try await house("[\"github\"]")
        let page = await upstream.house.browser().visit(TestApp.app.request())
        #expect(page.status == 200 && Self.offered(on: page) == ["github"])
        #expect(!page.text.contains("name=\"password\"") && !page.text.contains("Google"))
        let everywhere = await upstream.house.browser().get("/sign-in")
        #expect(Self.offered(on: everywhere) == UpstreamHouse.four)
    }

    @Test("B133, SO10: the start by another provider for it is refused, and nobody is sent anywhere")
    func started() async throws {
        let (upstream, _) = try await house("[\"github\"]")
        let browser = upstream.house.browser()
        let page = await browser.visit(TestApp.app.request())
        let handle = try #require(page.handle)
        for id in ["google", "discord", "nobody"] {
            let reply = await browser.forge(page, ["request": handle], to: "/upstream/\(id)")
            #expect(reply.status == 403 && reply.away == nil, "\(id) \(reply.status)")
            try await upstream.house.expect(
                reply, Explained(.method, "not offered", "github", "martlet_sign_in_methods of app"))
        }
        let answer = try await upstream.enter(
            as: UpstreamHouse.identity("github", email: "ada@example.org"), in: browser, from: page)
        #expect(answer.location?.hasPrefix("https://app.example/callback?code=") == true)
    }

    @Test("B133: a session that was opened another way is asked again", arguments: ["password", "google"])
    func otherWay(method: String) async throws {
        let (upstream, ada) = try await house("[\"github\"]")
        let browser = upstream.house.browser()
        if method == "password" {
            _ = await browser.signedIn()
        } else {
            _ = try await upstream.enter(
                as: UpstreamHouse.identity("google", email: "ada@example.org"), in: browser)
        }
        #expect(browser.isSignedIn)
        let page = await browser.visit(TestApp.app.request())
        #expect(page.status == 200 && Self.offered(on: page) == ["github"])
        let handle = try #require(page.handle)
        let skipped = await browser.get("/authorize/continue?request=" + handle)
        #expect(skipped.location?.hasPrefix("/sign-in?request=") == true)
        let silent = await browser.get(TestApp.app.request(["prompt": "none"]))
        #expect(silent.answer["error"] == "login_required")
        let answer = try await upstream.enter(
            as: UpstreamHouse.identity("github", email: ada.email.typed), in: browser, from: page)
        #expect(answer.answer["code"] != nil)
    }

    @Test("B133: it is no way round to begin without the app and finish with its request")
    func wayRound() async throws {
        let (upstream, _) = try await house("[\"github\"]")
        let browser = upstream.house.browser()
        let waiting = await browser.visit(TestApp.app.request())
        let handle = try #require(waiting.handle)
        let identity = try UpstreamHouse.identity("google", email: "ada@example.org")
        #expect(try await upstream.enter(as: identity, in: browser).target == "/account")
        let page = await browser.follow(await browser.get("/authorize/continue?request=" + handle))
        #expect(page.status == 200 && Self.offered(on: page) == ["github"] && page.answer["code"] == nil)
    }

    @Test("B133, SO10: an app that takes a provider no more while its person is there does not take what comes back")
    func changedMeanwhile() async throws {
        let (upstream, _) = try await house("[\"github\"]")
        let browser = upstream.house.browser()
        let url = try await upstream.go("github", in: browser, from: await browser.visit(TestApp.app.request()))
        try upstream.house.register("app", Self.client("[\"password\"]"))
        let path = try upstream.agree(to: url, as: UpstreamHouse.identity("github", email: "ada@example.org"))
        let page = await browser.visit(path)
        #expect(page.answer["code"] == nil && page.text.contains("name=\"password\""), "\(page.status)")
    }

    @Test("B133: an app that names no provider of ours says so instead of showing a page without a button")
    func nothing() async throws {
        let (upstream, _) = try await house("[\"gitlab\"]")
        let page = await upstream.house.browser().visit(TestApp.app.request())
        #expect(page.status == 403)
        try await upstream.house.expect(
            page, Explained(.method, "gitlab", "sign_in.methods", "martlet client show app"))
    }

    @Test("B133: mail and password have no way in to it either")
    func ownWays() async throws {
        let (upstream, _) = try await house("[\"github\"]")
        let browser = upstream.house.browser()
        let page = await browser.visit(TestApp.app.request())
        let handle = try #require(page.handle)
        let form = ["email": "ada@example.org", "password": TestHouse.password, "request": handle]
        #expect(await browser.forge(page, form.mapValues(Optional.some), to: "/sign-in").status == 403)
        #expect(
            await browser.forge(page, ["email": "ada@example.org", "request": handle], to: "/magic-link").status == 403)
        #expect(try await upstream.house.letters().isEmpty && !browser.isSignedIn)
    }

    @Test(
        "SO12, D1: whatever the provider asked of them, apps read one factor; amr is its id",
        arguments: UpstreamHouse.four)
    func level(id: String) async throws {
        let upstream = try await UpstreamHouse.make()
        let ada = try await upstream.house.person()
        let browser = try await upstream.signedIn(ada, by: id)
        let tokens = try await upstream.house.tokens(for: .shop, in: browser)
        let claims = try TestTokens.claims(tokens.id)
        #expect(claims["amr"] == .array([.string(id)]))
        let byPassword = try await upstream.house.tokens(for: .shop, in: upstream.house.browser())
        #expect(claims["acr"] == (try TestTokens.claims(byPassword.id))["acr"])
        let refused = await browser.get(
            TestApp.shop.request([
                "acr_values": "mfa", "claims": "{\"id_token\":{\"acr\":{\"essential\":true,\"value\":\"mfa\"}}}",
            ]))
        #expect(refused.answer["code"] == nil)
    }
}

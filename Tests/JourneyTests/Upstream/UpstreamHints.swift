import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Straight to a provider, where the app asks for it; and the order of what is offered")
struct UpstreamHints {
    private func ada(_ ids: [String] = UpstreamHouse.four) async throws -> (upstream: UpstreamHouse, ada: Account) {
        let upstream = try await UpstreamHouse.make(ids)
        let ada = try await upstream.house.person()
        try await upstream.house.connect(ada, "github")
        return (upstream, ada)
    }

    private static let hint = ["idp_hint": "github"]

    @Test("B133: a hint leads straight to the provider, with the address that the app gave; then on to the app")
    func straight() async throws {
        let (upstream, _) = try await ada()
        let browser = upstream.house.browser()
        let reply = await browser.visit(TestApp.app.request(["idp_hint": "github", "login_hint": "ada@example.org"]))
        let url = try #require(reply.location)
        #expect(reply.status == 303 && url.hasPrefix("https://github.example/authorize?"))
        #expect(try upstream["github"].errands.map(\.hint) == ["ada@example.org"])
        let path = try upstream.agree(to: url, as: UpstreamHouse.identity("github", email: "ada@example.org"))
        #expect(await browser.visit(path).answer["code"] != nil)
    }

    @Test("B133: once: after a fault, or by the browser's button, the page is there, and its request alive")
    func once() async throws {
        let (upstream, _) = try await ada()
        let browser = upstream.house.browser()
        let url = try #require(await browser.visit(TestApp.app.request(Self.hint.mapValues(Optional.some))).location)
        let back = await browser.get(try upstream["github"].refuse(url, ["error": "access_denied"]))
        #expect(back.status == 200 && back.heading == "Sign in to continue to App" && back.location == nil)
        let handle = try #require(back.forms.compactMap { $0.fields["request"] }.first)
        let page = await browser.visit("/sign-in?request=" + handle)
        #expect(page.status == 200 && page.location == nil && page.text.contains("name=\"password\""))
        #expect(try upstream["github"].errands.count == 1)
        #expect(await browser.signIn(page, "ada@example.org").answer["code"] != nil)
    }

    @Test("B133: also when the provider cannot be asked at all: no loop")
    func unavailable() async throws {
        let (upstream, _) = try await ada()
        try upstream["github"].failAtStart(with: .unavailable("no answer"))
        let browser = upstream.house.browser()
        let page = await browser.visit(TestApp.app.request(Self.hint.mapValues(Optional.some)))
        #expect(page.status == 503 && page.heading == "Sign in to continue to App")
        #expect(await browser.signIn(page, "ada@example.org").answer["code"] != nil)
    }

    @Test(
        "B133: a hint that names none of ours, or none that is offered, is as if it were not there",
        arguments: [
            "", "x", "GitHub", "gitlab", "password", "https://evil.example", "../github", "github/callback", "discord",
        ])
    func unknown(hint: String) async throws {
        let (upstream, _) = try await ada(["github", "google"])
        let page = await upstream.house.browser().visit(TestApp.app.request(["idp_hint": hint]))
        #expect(page.status == 200 && page.heading == "Sign in to continue to App" && page.location == nil)
        #expect(!page.text.contains("evil"))
        #expect(try upstream["github"].errands.isEmpty)
    }

    @Test("B133: a hint for a provider that the app does not take leads nowhere")
    func notTaken() async throws {
        let (upstream, _) = try await ada()
        try upstream.house.register("app", UpstreamApps.client("[\"password\", \"google\"]"))
        let page = await upstream.house.browser().visit(TestApp.app.request(Self.hint.mapValues(Optional.some)))
        #expect(try upstream["github"].errands.isEmpty && page.status == 200 && page.location == nil)
    }

    @Test("AZ15: prompt=none stays silent, whatever the hint")
    func silent() async throws {
        let (upstream, ada) = try await ada()
        let browser = upstream.house.browser()
        let reply = await browser.visit(TestApp.app.request(["idp_hint": "github", "prompt": "none"]))
        #expect(try upstream["github"].errands.isEmpty && reply.answer["error"] == "login_required")
        let known = try await upstream.signedIn(ada)
        let silent = await known.visit(TestApp.app.request(["idp_hint": "github", "prompt": "none"]))
        #expect(try upstream["github"].errands.count == 1 && silent.answer["code"] != nil)
    }

    @Test("B133, SO8: whoever is signed in is sent nowhere by it, nor with prompt=login: a fresh proof takes a button")
    func signedIn() async throws {
        let (upstream, ada) = try await ada()
        let browser = try await upstream.signedIn(ada)
        #expect(await browser.visit(TestApp.app.request(Self.hint.mapValues(Optional.some))).answer["code"] != nil)
        #expect(try upstream["github"].errands.count == 1)
        let anew = await browser.visit(TestApp.app.request(["idp_hint": "github", "prompt": "login"]))
        #expect(anew.status == 200 && anew.location == nil)
        #expect(try upstream["github"].errands.count == 1)
    }

    @Test("IN8, AZ21: HEAD sends nobody there, nor does it begin anything for the request in another browser")
    func head() async throws {
        let (upstream, _) = try await ada()
        let browser = upstream.house.browser()
        let first = await browser.get(TestApp.app.request(Self.hint.mapValues(Optional.some)))
        let signIn = try #require(first.location)
        _ = await browser.send(.head, signIn)
        _ = await upstream.house.browser(from: "203.0.113.9").get(signIn)
        #expect(try upstream["github"].errands.isEmpty)
    }

    @Test(
        "B011: the order of sign_in.methods is the order of the page",
        arguments: [
            ["password", "magic_link", "github", "google"], ["google", "password", "github"],
            ["google", "github", "password"], ["github", "magic_link", "google"],
            ["discord", "facebook", "google", "github"],
            ["magic_link", "password", "facebook"],
        ])
    func order(methods: [String]) async throws {
        let upstream = try await UpstreamHouse.make { settings in
            settings.signInNames = methods.map { RawText(text: $0, origin: .environment("MARTLET_SIGN_IN_METHODS")) }
        }
        for page in [
            await upstream.house.browser().get("/sign-in"), await upstream.house.browser().visit(TestApp.app.request()),
        ] {
            let actions = page.forms.map(\.action).filter { $0 != "/sign-in/passkey" }
            let own = actions.firstIndex { !$0.hasPrefix("/upstream/") }
            let ids = methods.filter { !["password", "magic_link"].contains($0) }
            #expect(actions.filter { $0.hasPrefix("/upstream/") } == ids.map { "/upstream/\($0)" })
            let before = methods.prefix { !["password", "magic_link"].contains($0) }.count
            #expect(own == (ids.count == methods.count ? nil : before), "\(actions)")
            for id in ids { #expect(page.text.contains(">Continue with \(UpstreamHouse.names[id] ?? "")<")) }
        }
    }

    @Test("B011, B034: without an order password and mail come first, then providers as they stand in the settings")
    func usual() async throws {
        let upstream = try await UpstreamHouse.make(["discord", "google", "facebook", "github"])
        let page = await upstream.house.browser().get("/sign-in")
        #expect(
            page.forms.map(\.action)
                == [
                    "/sign-in", "/sign-in/passkey", "/upstream/discord", "/upstream/google", "/upstream/facebook",
                    "/upstream/github",
                ])
    }

    @Test("B040, B082: a house without providers has no buttons, no pages and no callbacks of any")
    func without() async throws {
        let house = try await TestHouse()
        let browser = house.browser()
        let page = await browser.get("/sign-in")
        #expect(!page.text.contains("/upstream/"))
        #expect(await browser.forge(page, to: "/upstream/github").status == 403)
        #expect(await browser.get("/upstream/github/callback?code=a&state=b").status == 404)
        #expect(await browser.get("/upstream/address").location == "/sign-in")
    }
}

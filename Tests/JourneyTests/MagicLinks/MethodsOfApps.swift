import Identity
import JSON
import OAuth
import Storage
import Testing
import Web

@testable import martlet

/// B133: an app that names how people sign in to it is not served by a session that was opened another way.
@Suite("How people sign in to an app, also where they are signed in already")
struct MethodsOfApps {
    private func house(_ methods: String, client: String = TestClients.app) async throws -> TestHouse {
        let house = try await TestHouse.linking()
        try house.register(
            "app",
            client.replacing(
                "\"martlet_skips_consent\": true",
                with: "\"martlet_skips_consent\": true, \"martlet_sign_in_methods\": \(methods)"))
        _ = try await house.person()
        return house
    }

    private func comeByLink(_ house: TestHouse) async throws -> TestBrowser {
        let browser = house.browser()
        await browser.askForLink()
        #expect(await browser.enter(by: try await house.link().path).target == "/account")
        return browser
    }

    @Test("B133: somebody signed in by a link is asked for a password where the app takes nothing else")
    func passwordAlone() async throws {
        let house = try await house("[\"password\"]")
        let browser = try await comeByLink(house)
        let page = await browser.visit(TestApp.app.request())
        #expect(page.status == 200 && page.text.contains("name=\"password\"") && !page.text.contains("/magic-link"))
        let handle = try #require(page.handle)
        let skipped = await browser.get("/authorize/continue?request=" + handle)
        #expect(skipped.location?.hasPrefix("/sign-in?request=") == true)
        #expect(await browser.signIn(page, "ada@example.org").answer["code"] != nil)
    }

    @Test("B133: nor is it a way round to ask for a link without the app, in silence or not")
    func wayRound() async throws {
        let house = try await house("[\"password\"]")
        let browser = house.browser()
        let waiting = await browser.visit(TestApp.app.request())
        let handle = try #require(waiting.handle)
        await browser.askForLink()
        #expect(await browser.enter(by: try await house.link().path).target == "/account")
        let page = await browser.follow(await browser.get("/authorize/continue?request=" + handle))
        #expect(page.status == 200 && page.text.contains("name=\"password\""))
        let silent = await browser.get(TestApp.app.request(["prompt": "none"]))
        #expect(silent.location?.contains("error=login_required") == true)
    }

    @Test("B133: somebody signed in by a password is asked for a link where the app takes nothing else")
    func linkAlone() async throws {
        let house = try await house("[\"magic_link\"]")
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let page = await browser.visit(TestApp.app.request())
        #expect(page.status == 200 && !page.text.contains("type=\"password\"") && page.text.contains("\"/magic-link\""))
        _ = await browser.askForLink(on: page)
        let answer = await browser.submit(await browser.get(try await house.link().path), [:])
        #expect(answer.location?.hasPrefix("https://app.example/callback?code=") == true)
    }

    @Test("B133: an app that names no way of this server's says so instead of showing a form without a button")
    func nothing() async throws {
        let house = try await house("[\"github\"]")
        let page = await house.browser().visit(TestApp.app.request())
        #expect(page.status == 403)
        try await house.expect(page, Explained(.method, "github", "sign_in.methods", "martlet client show app"))
    }
}

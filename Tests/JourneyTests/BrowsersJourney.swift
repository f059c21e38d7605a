import Identity
import OAuth
import Testing

@testable import Web

@Suite("Browsers that are remembered, and ways to sign in")
struct BrowsersJourney {
    private static let firefox = [
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    ]

    private func signedIn(_ house: TestHouse, _ email: String = "ada@example.org", from peer: String) async
        -> TestBrowser
    {
        let browser = house.browser(from: peer)
        _ = await browser.post(
            await browser.get("/sign-in"), ["email": email, "password": TestHouse.password], headers: Self.firefox)
        return browser
    }

    private func ids(_ page: TestPage) -> [String] {
        page.forms.filter { $0.action == "/account/browsers/forget" }.compactMap { $0.fields["browser"] }
    }

    @Test("SE7: each is listed by name, forgotten by its person, and stays signed in where it is")
    func forgotten() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = await signedIn(house, from: "192.0.2.1")
        let other = await signedIn(house, from: "192.0.2.2")
        let page = await browser.get("/account/sessions")
        #expect(ids(page).count == 2 && page.text.contains("Firefox on Linux"))
        let own = try await house.store.knownBrowsers(of: ada.id).first { known in
            known.browser == OpaqueToken(.browser, presented: browser.cookies["martlet-browser"] ?? "")?.digest
        }
        let target = try #require(ids(page).first { $0 != own?.id })
        let done = await browser.submit(page, ["browser": target], action: "/account/browsers/forget")
        #expect(done.text.contains("That browser is forgotten.") && ids(done) == [own?.id])
        #expect(await other.get("/account").status == 200 && house.audit.count(.browsersForgotten) == 1)
    }

    @Test("All others at once; this one stays")
    func allOthers() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house, from: "192.0.2.1")
        for number in 2..<5 { _ = await signedIn(house, from: "192.0.2.\(number)") }
        let page = await browser.submit(
            await browser.get("/account/sessions"), [:], action: "/account/browsers/forget-others")
        #expect(ids(page).count == 1 && house.audit.events.last?.details["count"] == "3")
    }

    @Test("B068: somebody else's browser is not forgotten, and the answer is that of one that there is not (IN4)")
    func foreign() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let bob = try await house.person("bob@example.org")
        let browser = await signedIn(house, from: "192.0.2.1")
        let other = await signedIn(house, "bob@example.org", from: "192.0.2.2")
        let target = try #require(ids(await other.get("/account/sessions")).first)
        let page = await browser.get("/account/sessions")
        for id in [target, "unknown", ""] {
            let done = await browser.post(page, ["browser": id], action: "/account/browsers/forget")
            #expect(done.status == 404 && done.text.contains("Nothing was changed."))
        }
        #expect(
            try await house.store.knownBrowsers(of: bob.id).count == 1 && house.audit.count(.browsersForgotten) == 0)
    }

    @Test("B007, B069: how somebody signed in is listed once, with first and last use")
    func methods() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = await signedIn(house, from: "192.0.2.1")
        house.clock.advance(3 * 86_400)
        let browser = await signedIn(house, from: "192.0.2.1")
        let page = await browser.get("/account/security")
        #expect(page.text.contains("<h3>Password</h3>") && page.text.contains("Just now"))
        #expect(page.text.contains("15 January 2027") && page.text.contains("You are signed in 2 times"))
        #expect(page.text.contains("/account/password"))
    }
}

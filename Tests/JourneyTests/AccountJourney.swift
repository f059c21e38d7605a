import Identity
import OAuth
import Testing

@testable import Web

@Suite("A person's own account")
struct AccountJourney {
    private func signedIn(
        _ house: TestHouse, _ email: String = "ada@example.org", from peer: String = "192.0.2.1"
    ) async -> TestBrowser {
        let browser = house.browser(from: peer)
        _ = await browser.signIn(await browser.get("/sign-in"), email)
        return browser
    }

    /// Public ids of the sessions a page lists, its own first.
    private func sessions(_ page: TestPage) -> [String] {
        page.forms.filter { $0.action == "/account/sessions/end" }.compactMap { $0.fields["session"] }
    }

    @Test(
        "Nobody signed in is sent to sign in and knows where to come back to; a post changes nothing (SE7, B050)",
        arguments: AccountSection.allCases.map(\.path) + ["/account/delete", "/account/confirm"])
    func anonymous(path: String) async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(path)
        let isDeadEnd = ReturnPath(path) == nil || path == "/account"
        #expect(page.status == 303)
        #expect(page.location == (isDeadEnd ? "/sign-in" : "/sign-in?next=" + FormEncoding.escape(path)))
    }

    @Test("Every form of an account needs somebody signed in (SE7, IN4)")
    func anonymousPost() async throws {
        let house = try await TestHouse()
        let browser = house.browser()
        let csrf = try #require(await browser.get("/sign-in").forms.first?.fields["csrf"])
        let open: Set<String> = ["/account/confirm"]
        let paths = FormAttacks.guarded(house).filter { $0.hasPrefix("/account/") && !open.contains($0) }
        #expect(paths.count >= 10)
        for path in paths {
            let form = [("csrf", csrf), ("session", "x"), ("application", "shop"), ("password", "x"), ("sure", "yes")]
            let page = await browser.send(.post, path, form: form.map { (name: $0.0, value: $0.1) })
            #expect(page.status == 401, "\(path)")
        }
        #expect(await browser.get("/").heading.contains("Your account"))
    }

    @Test("Every session is listed with device and address, and ends where it is told to, at once (SE7)")
    func endOne() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.post(
            await browser.get("/sign-in"), ["email": "ada@example.org", "password": TestHouse.password],
            headers: ["User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"])
        let other = await signedIn(house, from: "198.51.100.20")
        let tokens = try await house.tokens(for: .app, in: other)
        let page = await browser.get("/account/sessions")
        #expect(page.text.contains("Firefox on Linux") && page.text.contains("198.51.100.20"))
        let own = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
        let others = sessions(await other.get("/account/sessions"))
        #expect(Set(sessions(page)) == Set(others) && others.count == 2 && own.roles.isEmpty)
        let target = try #require(
            try TestTokens.claims(tokens.id)["sid"]?.stringValue, "the public id of the other session")
        let done = await browser.submit(page, ["session": target], action: "/account/sessions/end")
        #expect(done.text.contains("That browser is signed out.") && sessions(done).count == 1)
        #expect(await other.visit("/account").target == "/sign-in")
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 401)
        #expect(await browser.get("/account").status == 200)
    }

    @Test("All others end at once, the own stays (SE7)")
    func endOthers() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        let browser = await signedIn(house)
        var others: [TestBrowser] = []
        for number in 2..<5 { others.append(await signedIn(house, from: "192.0.2.\(number)")) }
        let bob = await signedIn(house, "bob@example.org", from: "192.0.2.9")
        let page = await browser.submit(
            await browser.get("/account/sessions"), [:], action: "/account/sessions/end-others")
        #expect(sessions(page).count == 1)
        for other in others { #expect(await other.visit("/account").target == "/sign-in") }
        #expect(await browser.get("/account").status == 200)
        #expect(await bob.get("/account").status == 200)
    }

    @Test("Ending one's own session signs out, cookie and all (SE5, SE7)")
    func endOwn() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let cookie = try #require(browser.cookies["martlet-session"])
        let page = await browser.submit(
            await browser.get("/account/sessions"), [:], action: "/account/sessions/end")
        #expect(page.target == "/signed-out" && browser.cookies["martlet-session"] == nil)
        browser.cookies["martlet-session"] = cookie
        #expect(await browser.visit("/account").target == "/sign-in")
    }

    @Test("Somebody else's session is not ended, and the answer is that of one that does not exist (SE7, IN4, B068)")
    func endForeign() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        let (browser, bob) = (await signedIn(house), await signedIn(house, "bob@example.org", from: "192.0.2.9"))
        let target = try #require(sessions(await bob.get("/account/sessions")).first)
        let page = await browser.get("/account/sessions")
        for id in [target, "unknown", ""] {
            let done = await browser.submit(page, ["session": id], action: "/account/sessions/end")
            #expect(done.text.contains("Nothing was changed.") && done.status == 404)
        }
        #expect(await bob.get("/account").status == 200)
        #expect(house.audit.count(.sessionEnded) == 0)
    }

    @Test("A removed app loses its tokens at once and asks again; another person's consent stays (SE12)")
    func removeApp() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        let (browser, bob) = (await signedIn(house), await signedIn(house, "bob@example.org", from: "192.0.2.9"))
        let offline = ["scope": "openid offline_access"]
        let adas = try await house.tokens(for: .shop, in: browser, offline)
        let bobs = try await house.tokens(for: .shop, in: bob, as: "bob@example.org", offline)
        let page = await browser.get("/account/applications")
        #expect(page.text.contains("Shop") && page.text.contains("Keep its access while you are away"))
        let done = await browser.submit(page, [:], action: "/account/applications/remove")
        #expect(done.text.contains("Shop no longer has access to your account."))
        #expect(!done.forms.contains { $0.action == "/account/applications/remove" })
        #expect(await TestApp.shop.refresh(adas.refresh ?? "", at: house.reception).error == "invalid_grant")
        #expect(await TestApp.shop.introspect(adas.access, at: house.reception).isActive == false)
        #expect(await browser.visit(TestApp.shop.request(offline)).target.hasPrefix("/consent?"))
        #expect(await TestApp.shop.refresh(bobs.refresh ?? "", at: house.reception).status == 200)
        #expect(await bob.visit(TestApp.shop.request(offline)).answer["code"] != nil)
    }

    @Test(
        "Removing an app that is none is not claimed to have done something (CF2)",
        arguments: ["", "unknown", "<b>x</b>"])
    func removeUnknown(id: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        _ = try await house.code(for: .shop, in: browser)
        let page = await browser.submit(
            await browser.get("/account/applications"), ["application": id], action: "/account/applications/remove")
        #expect(page.text.contains("Nothing was changed.") && !page.text.contains("<b>"))
        #expect(house.audit.count(.consentRevoked) == 0)
        #expect(await browser.visit(TestApp.shop.request()).answer["code"] != nil)
    }

    @Test("An app that was never asked about, but holds access while the person is away, is listed and removed (SE7)")
    func firstParty() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        #expect(await !browser.get("/account/applications").text.contains(">App<"))
        let tokens = try await house.tokens(for: .app, in: browser, ["scope": "openid offline_access"])
        let page = await browser.get("/account/applications")
        #expect(page.text.contains(">App<"))
        let done = await browser.submit(page, ["application": "app"], action: "/account/applications/remove")
        #expect(done.text.contains("App no longer has access") && !done.text.contains(">App<"))
        let refresh = try #require(tokens.refresh)
        #expect(await TestApp.app.refresh(refresh, at: house.reception).error == "invalid_grant")
    }
}

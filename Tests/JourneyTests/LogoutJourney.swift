import Foundation
import OAuth
import Testing
import Web

@Suite("Signing out")
struct LogoutJourney {
    private static let bye = "https://shop.example/bye"

    private func signedIn(_ house: TestHouse, from peer: String = "192.0.2.1") async -> TestBrowser {
        let browser = house.browser(from: peer)
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        return browser
    }

    private func logout(_ parameters: [String: String?]) -> String {
        let pairs = parameters.compactMap { name, value in value.map { (name: name, value: $0) } }
        return "/logout?" + FormEncoding.encode(pairs.sorted { $0.name < $1.name })
    }

    @Test("A person is asked, and afterwards the session is dead on the server, whoever holds its cookie (SE5)")
    func asked() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let session = try #require(browser.cookies["martlet-session"])
        let page = await browser.get("/logout")
        #expect(page.text.contains("ada@example.org") && browser.cookies["martlet-session"] == session)
        let done = await browser.submit(page, ["decision": "sign-out"])
        #expect(done.heading == "You are signed out" && browser.cookies["martlet-session"] == nil)
        browser.cookies["martlet-session"] = session
        #expect(await browser.visit("/account").target == "/sign-in")
        #expect(await browser.visit(TestApp.app.request()).target.hasPrefix("/sign-in?"))
        #expect(house.audit.count(.signOut) == 1)
    }

    @Test("The button on the account page signs out (SE5)")
    func accountButton() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let page = await browser.get("/account")
        let button =
            page.text.components(separatedBy: "action=\"/logout/confirm\"").last?.prefix { $0 != "\u{0}" } ?? ""
        let name = button.firstMatch(of: /<button type="submit"[^>]* name="([^"]*)" value="([^"]*)"/)
        var values: [String: String?] = [:]
        if let name, button[..<name.range.lowerBound].contains("</form>") == false {
            values[String(name.1)] = String(name.2)
        }
        let done = await browser.submit(page, values, action: "/logout/confirm")
        #expect(done.heading == "You are signed out" && browser.cookies["martlet-session"] == nil)
    }

    @Test(
        "Staying signed in is an answer, and so is every word but the right one (SE8)",
        arguments: ["stay", "", "yes", nil])
    func stay(decision: String?) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let page = await browser.submit(await browser.get("/logout"), ["decision": decision])
        #expect(page.target == "/account" && page.status == 200)
    }

    @Test("A hint of this very session signs out at once, and leads exactly back, with state (SE8)")
    func hint() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        for delay: Int64 in [0, 3600] {
            let browser = await signedIn(house)
            let tokens = try await house.tokens(for: .shop, in: browser)
            house.clock.advance(delay)
            let page = await browser.get(
                logout(["id_token_hint": tokens.id, "post_logout_redirect_uri": Self.bye, "state": "a b&c=\"<"]))
            #expect(page.status == 303 && page.location == Self.bye + "?state=a%20b%26c%3D%22%3C")
            #expect(browser.cookies["martlet-session"] == nil)
            #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 401)
        }
    }

    @Test("A hint that leaked, or of a session that is over, signs nobody out without asking (SE8)")
    func otherHints() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("eve@example.org")
        let (browser, elsewhere) = (await signedIn(house), await signedIn(house, from: "192.0.2.2"))
        let stranger = house.browser(from: "203.0.113.9")
        let old = try await house.tokens(for: .shop, in: browser).id
        let again = await browser.visit(TestApp.app.request(["prompt": "login"]))
        _ = await browser.signIn(again, "ada@example.org")
        for hint in [
            old, try await house.tokens(for: .shop, in: elsewhere).id,
            try await house.tokens(for: .shop, in: stranger, as: "eve@example.org").id,
        ] {
            let page = await browser.get(logout(["id_token_hint": hint, "post_logout_redirect_uri": Self.bye]))
            #expect(page.status == 200 && page.location == nil && page.text.contains("Shop asks to sign you out"))
            #expect(await browser.get("/account").status == 200)
            #expect(await browser.submit(page, ["decision": "stay"]).target == "/account")
        }
        #expect(await stranger.get("/account").status == 200)
    }

    @Test("Without a hint a client may ask; after yes it leads back (SE8)")
    func withoutHint() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let page = await browser.get(
            logout(["client_id": "shop", "post_logout_redirect_uri": Self.bye, "state": "\"><script>"]))
        #expect(page.status == 200 && page.text.contains("Shop") && !page.text.contains("<script>"))
        let policy = page.header("Content-Security-Policy") ?? ""
        #expect(policy.contains("form-action 'self' https://shop.example;") || policy.hasSuffix("https://shop.example"))
        let done = await browser.submit(page, ["decision": "sign-out"])
        #expect(done.location == Self.bye + "?state=%22%3E%3Cscript%3E")
        #expect(browser.cookies["martlet-session"] == nil)
    }

    @Test(
        "An address that is not registered byte for byte is a page, and nobody is signed out (SE8)",
        arguments: [
            "https://evil.example/", "https://shop.example/bye/", "https://shop.example/Bye",
            "https://SHOP.example/bye",
            "https://shop.example/bye?x=1", "https://shop.example/bye#x", "http://shop.example/bye",
            "https://shop.example/callback", "//evil.example", "/account", "javascript:alert(1)",
            "https://shop.example/bye\r\nX: y", "https://user@shop.example/bye",
        ])
    func returnAddress(address: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let hint = try await house.tokens(for: .shop, in: browser).id
        for parameters in [
            ["id_token_hint": hint, "post_logout_redirect_uri": address],
            ["client_id": "shop", "post_logout_redirect_uri": address],
        ] {
            let page = await browser.get(logout(parameters))
            #expect(page.status == 400 && page.location == nil)
        }
        let asked = await browser.get(logout(["client_id": "shop", "post_logout_redirect_uri": Self.bye]))
        let swapped = await browser.submit(asked, ["decision": "sign-out", "post_logout_redirect_uri": address])
        #expect(swapped.status == 400 && swapped.location == nil)
        #expect(await browser.get("/account").status == 200)
    }

    @Test("An address without a client, an unknown client or another's hint are pages; a broken hint asks (SE8)")
    func mismatches() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let hint = try await house.tokens(for: .shop, in: browser).id
        for parameters: [String: String?] in [
            ["post_logout_redirect_uri": Self.bye], ["client_id": "unknown"],
            ["id_token_hint": hint, "client_id": "app"],
            ["client_id": "app", "post_logout_redirect_uri": Self.bye],
        ] {
            #expect(await browser.get(logout(parameters)).status == 400, "\(parameters)")
        }
        for broken in ["x", hint.map { $0 + "A" }] {
            let asked = await browser.get(logout(["id_token_hint": broken, "post_logout_redirect_uri": Self.bye]))
            #expect(asked.status == 200 && asked.location == nil && asked.text.contains("value=\"sign-out\""))
        }
        let doubled = logout(["id_token_hint": hint]) + "&client_id=shop&client_id=shop"
        #expect(await browser.get(doubled).status == 400)
        #expect(await browser.get("/account").status == 200)
    }

    @Test("Nobody signed in: it leads back, or says so (SE8)")
    func nobody() async throws {
        let house = try await TestHouse()
        let browser = house.browser()
        #expect(await browser.get("/logout").heading == "You are signed out")
        let page = await browser.get(logout(["client_id": "shop", "post_logout_redirect_uri": Self.bye]))
        #expect(page.status == 303 && page.location == Self.bye)
    }

    @Test("A request by POST goes round as a GET and is asked about there (SE8, AZ13, WB6)")
    func byPost() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let page = await browser.send(.post, "/logout", form: [("client_id", "shop"), ("decision", "sign-out")])
        #expect(page.status == 303 && page.location == "/logout?client_id=shop&decision=sign-out")
        let asked = await browser.follow(page)
        #expect(asked.status == 200 && asked.text.contains("Shop asks to sign you out"))
        #expect(await browser.get("/account").status == 200)
    }

    @Test("Signing out on one browser leaves the others signed in, and offline access alive (SE4, TK14)")
    func others() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (browser, other) = (await signedIn(house), await signedIn(house, from: "192.0.2.2"))
        let online = try await house.tokens(for: .app, in: other)
        let offline = try await house.tokens(for: .app, in: browser, ["scope": "openid offline_access"])
        _ = await browser.submit(await browser.get("/logout"), ["decision": "sign-out"])
        #expect(await other.get("/account").status == 200)
        #expect(await TestApp.userInfo(online.access, at: house.reception).status == 200)
        #expect(await TestApp.app.refresh(offline.refresh ?? "", at: house.reception).status == 200)
    }
}

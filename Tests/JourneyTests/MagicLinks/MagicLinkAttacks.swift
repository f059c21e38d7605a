import HTTPTypes
import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("Attacks on signing in by mail")
struct MagicLinkAttacks {
    private func sessions(_ house: TestHouse, of account: Account) async throws -> Int {
        try await house.store.sessions(of: account.id, at: house.clock.now).count
    }

    @Test("B084, B144, ML3: whatever looks at the link, however often, spends nothing; the button does")
    func scanners() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let browser = house.browser()
        await browser.askForLink()
        let link = try await house.link().path
        for number in 1...5 {
            let scanner = house.browser(from: "198.51.100.\(number)")
            #expect(await scanner.get(link).status == 200)
            #expect(await scanner.send(.head, link).status == 200)
            #expect(await browser.get(link).status == 200)
            #expect(await browser.send(.head, link).status == 200)
            let bare = await house.browser(from: "198.51.100.9").send(.get, link, headers: ["Cookie": "x=y"])
            #expect(bare.status == 200 && bare.cookies.allSatisfy { !$0.contains("session") })
        }
        #expect(try await sessions(house, of: ada) == 0)
        #expect(await browser.enter(by: link).target == "/account")
    }

    @Test("ML2, B139, B142: in another browser the button is not there, sending its form is 403, and nothing is spent")
    func otherBrowser() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let (browser, other) = (house.browser(), house.browser(from: "192.0.2.50"))
        let signIn = await browser.visit(TestApp.app.request())
        _ = await browser.askForLink(on: signIn)
        let link = try await house.link().path
        let page = await other.get(link)
        #expect(page.status == 200 && page.heading == "Go back to where you started" && page.forms.isEmpty)
        #expect(page.text.contains("href=\"/magic-link\"") && !page.text.contains(signIn.handle ?? "-"))
        for values in [["here": "1"], [:], ["here": "1", "request": signIn.handle]] as [[String: String?]] {
            let sent = await other.force(link, values)
            #expect(sent.status == 403 && sent.heading == page.heading && sent.cookies.isEmpty)
            #expect(sent.reference == sent.header("X-Request-Id"))
            try await house.expect(sent, Explained(.mailProof, "did not ask for it", "in the browser", "ask"))
        }
        #expect(!other.isSignedIn && house.linkFaults.allSatisfy { $0 == "no_browser" })
        #expect(try await sessions(house, of: ada) == 0)
        #expect(await browser.enter(by: link).answer["code"] != nil)
    }

    @Test(
        "ML2: an attacker's own link and code sign no victim in, into nothing",
        arguments: [MagicLinkPolicy.CrossDevice.goBack, .loginHere])
    func attackersLink(crossDevice: MagicLinkPolicy.CrossDevice) async throws {
        let house = try await TestHouse.linking { $0.magicLinks.crossDevice = crossDevice }
        _ = try await house.person()
        let eve = try await house.person("eve@example.org")
        let (attacker, victim) = (house.browser(from: "203.0.113.66"), house.browser())
        let handle = try #require(await attacker.visit(TestApp.app.request()).handle)
        await attacker.askForLink("eve@example.org", at: "/magic-link?request=" + handle)
        let (link, code) = try await house.link(to: "eve@example.org")
        // Sent from the attacker's site, without the victim's form token.
        for values in [["here": "1"], [:]] as [[String: String?]] {
            let page = await victim.get(link)
            let foreign = await attacker.visit("/account").forms.first?.fields["csrf"]
            for token in [nil, foreign] {
                let sent = await victim.post(page, values.merging(["csrf": token]) { $1 }, action: link)
                #expect(sent.status == 403 && !victim.isSignedIn)
            }
        }
        // The victim's own browser can be brought to look at anything.
        let waiting = await victim.visit(TestApp.shop.request())
        for target in [link, link.replacing(handle, with: waiting.handle ?? "")] {
            _ = await victim.visit(target)
            #expect(!victim.isSignedIn)
        }
        let typed = await victim.forge(waiting, ["code": code], to: "/magic-link/code")
        #expect(typed.status == 404 && !victim.isSignedIn)
        #expect(try await sessions(house, of: eve) == 0)
        #expect(await victim.visit("/authorize/continue?request=\(waiting.handle ?? "")").target.hasPrefix("/sign-in?"))
    }

    @Test(
        "ML2: a victim who opens the link that an attacker asked for signs the attacker in nowhere",
        arguments: [MagicLinkPolicy.CrossDevice.goBack, .loginHere])
    func victimsLink(crossDevice: MagicLinkPolicy.CrossDevice) async throws {
        let house = try await TestHouse.linking { $0.magicLinks.crossDevice = crossDevice }
        _ = try await house.person()
        let (attacker, victim) = (house.browser(from: "203.0.113.66"), house.browser())
        let handle = try #require(await attacker.visit(TestApp.app.request()).handle)
        let sent = await attacker.askForLink(at: "/magic-link?request=" + handle)
        let link = try await house.link().path
        let page = await victim.get(link)
        #expect(page.text.contains("a…@example.org") && !page.text.contains(handle))
        let pressed = page.forms.isEmpty ? await victim.force(link) : await victim.submit(page, [:])
        #expect(pressed.status == (crossDevice == .goBack ? 403 : 200))
        #expect(victim.isSignedIn == (crossDevice == .loginHere) && pressed.answer["code"] == nil)
        for target in [link, "/authorize/continue?request=\(handle)", "/magic-link/code?request=\(handle)", "/account"]
        {
            #expect(await attacker.visit(target).answer["code"] == nil)
            #expect(!attacker.isSignedIn, "\(target)")
        }
        let guess = await attacker.submit(sent, ["code": "AAAA-AAAA"], action: "/magic-link/code")
        #expect(guess.answer["code"] == nil && !attacker.isSignedIn)
    }

    @Test(
        "ML2, AZ21: the paused request of another browser is neither answered nor told by a link or a code of one's own"
    )
    func otherRequest() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let (browser, victim) = (house.browser(), house.browser(from: "192.0.2.2"))
        let handle = try #require(await victim.visit(TestApp.shop.request()).handle)
        let sent = await browser.askForLink(at: "/magic-link?request=" + handle)
        #expect(!sent.text.contains("Shop"))
        let (path, code) = try await house.link()
        let page = await browser.get(path)
        #expect(page.status == 200 && !page.text.contains("Shop"))
        let landed = await browser.submit(sent, ["code": code], action: "/magic-link/code")
        #expect(landed.answer["code"] == nil && landed.target == "/account")
        #expect(await victim.visit("/authorize/continue?request=\(handle)").target.hasPrefix("/sign-in?"))
        #expect(!victim.isSignedIn)
    }

    @Test("WB6: neither asking nor redeeming works without the form token of this very browser")
    func formTokens() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let form = await browser.get("/magic-link")
        let foreign = await house.browser(from: "192.0.2.2").get("/magic-link").forms.first?.fields["csrf"]
        for token in [nil, "", "x", foreign] {
            let asked = await browser.post(form, ["email": "ada@example.org", "csrf": token], action: "/magic-link")
            #expect(asked.status == 403)
        }
        #expect(try await house.letters().isEmpty)
        let sent = await browser.askForLink()
        let (link, code) = try await house.link()
        let page = await browser.get(link)
        for token in [nil, "", "x", foreign] {
            #expect(await browser.post(page, ["csrf": token]).status == 403)
            #expect(await browser.post(sent, ["csrf": token, "code": code], action: "/magic-link/code").status == 403)
        }
        #expect(await browser.post(page, [:], headers: ["Origin": "https://evil.example"]).status == 403)
        #expect(!browser.isSignedIn)
        #expect(await browser.submit(page, [:]).target == "/account")
    }

    @Test("ML1, B009: of 20 presses at once at two processes one opens a session, and the browser is signed in")
    func race() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let sibling = try await house.sibling()
        let browser = house.browser()
        await browser.askForLink()
        let page = await browser.get(try await house.link().path)
        let replies = await withTaskGroup(of: TestPage.self) { group in
            for number in 0..<20 {
                let copy = browser.moved(to: number.isMultiple(of: 2) ? house.reception : sibling)
                group.addTask { await copy.post(page, [:]) }
            }
            return await group.reduce(into: [TestPage]()) { $0.append($1) }
        }
        #expect(replies.allSatisfy { $0.status == 303 && $0.location == "/account" }, "a double click is harmless")
        #expect(replies.count { $0.cookies.contains { $0.hasPrefix("martlet-session=") } } == 1)
        #expect(try await sessions(house, of: ada) == 1)
        #expect(house.audit.count(.signIn) == 1)
    }
}

import OAuth
import Testing
import Web

@Suite("Requests that are taken to another browser, another person or another time")
struct BrowserAttacks {
    static let steps = ["/authorize/continue", "/sign-in", "/consent", "/select-account", "/not-allowed"]

    @Test("A handle is worth nothing in another browser, signed in or not, nor before its owner moves on (AZ21)")
    func otherBrowsersHandle() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("eve@example.org")
        let (victim, attacker) = (house.browser(), house.browser(from: "203.0.113.9"))
        let page = await attacker.visit(TestApp.shop.request())
        let handle = try #require(page.handle)
        for email in [nil, "ada@example.org", "eve@example.org"] {
            if let email { _ = await victim.signIn(await victim.get("/sign-in?switch=1"), email) }
            for step in Self.steps where step != "/sign-in" {
                let seen = await victim.get("\(step)?request=\(handle)")
                #expect(seen.status == 400 && seen.location == nil, "\(step)")
            }
            // Mails lead there, and are read elsewhere: the page is that of somebody who comes without a request.
            let signIn = await victim.get("/sign-in?request=\(handle)")
            #expect(!signIn.text.contains(handle) && !signIn.text.contains("Shop"))
            #expect(email == nil ? signIn.status == 200 : signIn.location == "/account")
            victim.cookies["martlet-session"] = nil
        }
        #expect(await attacker.signIn(page, "eve@example.org").target.hasPrefix("/consent?"))
    }

    @Test("Posting to another browser's request is refused, even with a genuine form token of one's own (AZ21)")
    func otherBrowsersPost() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let (victim, attacker) = (house.browser(), house.browser(from: "203.0.113.9"))
        let consent = await victim.signIn(await victim.visit(TestApp.shop.request()), "ada@example.org")
        let own = await attacker.signIn(await attacker.visit(TestApp.shop.request()), "ada@example.org")
        let stolen = try #require(consent.handle)
        let values = ["request": stolen, "decision": "allow", "subject": ada.id, "account": ada.id]
        for path in ["/consent", "/select-account", "/sign-in"] {
            let page = await attacker.submit(own, values, action: "/consent")
            #expect(page.status == 400 && page.location == nil, "\(path)")
        }
        #expect(await victim.submit(consent, ["decision": "allow"]).answer["code"] != nil)
    }

    @Test("A handle answers once; afterwards every step says that the page has expired (AZ21, IN3)")
    func finished() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let consent = await browser.signIn(await browser.visit(TestApp.shop.request()), "ada@example.org")
        #expect(await browser.submit(consent, ["decision": "allow"]).answer["code"] != nil)
        let handle = try #require(consent.handle)
        for step in Self.steps { #expect(await browser.visit("\(step)?request=\(handle)").status == 400) }
        #expect(await browser.submit(consent, ["decision": "allow"]).status == 400)
    }

    @Test("Of 40 visits that finish one request at once, through two processes, one gets a code (IN3)")
    func finishingRace() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let browser = house.browser()
        let page = await browser.visit(TestApp.app.request(["prompt": "login"]))
        let signedIn = await browser.post(page, ["email": "ada@example.org", "password": TestHouse.password])
        let next = try #require(signedIn.location)
        let codes = await withTaskGroup(of: String?.self) { group in
            for number in 0..<40 {
                let copy = number.isMultiple(of: 2) ? browser : browser.moved(to: sibling)
                group.addTask { await copy.get(next).answer["code"] }
            }
            return await group.reduce(into: [String]()) { if let code = $1 { $0.append(code) } }
        }
        #expect(codes.count == 1)
    }

    @Test("A request waits an hour and not longer (AZ21)", arguments: [(3599, true), (3600, false)])
    func expiry(seconds: Int64, isAlive: Bool) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let page = await browser.visit(TestApp.app.request())
        house.clock.advance(seconds)
        let answer = await browser.signIn(page, "ada@example.org")
        #expect((answer.answer["code"] != nil) == isAlive)
        if !isAlive { #expect(answer.status == 400) }
    }

    @Test(
        "A handle that was never made is a page (AZ21, TK21)",
        arguments: [
            "", "x", "mpa_", "mse_" + String(repeating: "A", count: 43), "mpa_" + String(repeating: "A", count: 43),
        ])
    func unknownHandle(handle: String) async throws {
        let house = try await TestHouse()
        for step in Self.steps where step != "/sign-in" || !handle.isEmpty {
            let page = await house.browser().get("\(step)?request=\(handle)")
            #expect(page.status == 400 && page.location == nil, "\(step)")
        }
    }

    @Test("What one person allowed counts for nobody else in the same browser (SE13)")
    func twoPeople() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        let browser = house.browser()
        let adas = await browser.signIn(await browser.visit(TestApp.shop.request()), "ada@example.org")
        #expect(adas.target.hasPrefix("/consent?"))
        let other = await browser.visit(TestApp.app.request(["prompt": "login"]))
        #expect(await browser.signIn(other, "bob@example.org").answer["code"] != nil)
        let page = await browser.submit(adas, ["decision": "allow"])
        #expect(page.answer["code"] == nil)
        let fresh = await browser.visit(TestApp.shop.request())
        #expect(fresh.target.hasPrefix("/consent?") && fresh.text.contains("bob@example.org"))
        #expect(!fresh.text.contains("ada@example.org"))
    }

    @Test("When somebody else signs in, the tokens of the one before end, and each app gets its own person (SE13)")
    func personChanges() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let bob = try await house.person("bob@example.org")
        let browser = house.browser()
        let adas = try await house.tokens(for: .app, in: browser)
        #expect(await TestApp.userInfo(adas.access, at: house.reception)["sub"] == .string(ada.id))
        let bobs = try await house.tokens(for: .app, in: browser, as: "bob@example.org", ["prompt": "login"])
        #expect(await TestApp.userInfo(bobs.access, at: house.reception)["sub"] == .string(bob.id))
        #expect(await TestApp.userInfo(adas.access, at: house.reception).status == 401)
    }

    @Test("Nobody is signed in as another by choosing an account that is not theirs (SE13, IN4)")
    func accountChoice() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let bob = try await house.person("bob@example.org")
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let choice = await browser.visit(TestApp.app.request(["prompt": "select_account"]))
        #expect(choice.text.contains("ada@example.org") && !choice.text.contains("bob@example.org"))
        let wrong = await browser.submit(choice, ["account": bob.id])
        #expect(wrong.target.hasPrefix("/select-account?") && wrong.location == nil)
        let right = await browser.submit(choice, ["account": ada.id])
        let code = try #require(right.answer["code"])
        let tokens = try TestTokens(await TestApp.app.exchange(code, at: house.reception))
        #expect(try TestTokens.claims(tokens.id)["sub"]?.stringValue == ada.id)
    }

    @Test("Two cookies of one name count as none: a neighbour's host cannot plant a browser or a session (SE2, WB1)")
    func doubledCookies() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let session = try #require(browser.cookies["martlet-session"])
        let browserID = try #require(browser.cookies["martlet-browser"])
        for cookie in [
            "martlet-session=x; martlet-session=\(session); martlet-browser=\(browserID)",
            "martlet-session=\(session); martlet-browser=\(browserID); martlet-session=x",
            "Martlet-Session=\(session)", "martlet-session=\"\(session)\"", "martlet-session=\(session)A",
        ] {
            let page = await TestBrowser(reception: house.reception, peer: "192.0.2.1")
                .send(.get, "/account", headers: ["Cookie": cookie])
            #expect(page.status == 303 && page.location == "/sign-in", "\(cookie)")
        }
    }
}

import Identity
import OAuth
import TestSupport
import Testing
import Web

@Suite("Consent and who may use an app")
struct ConsentJourney {
    private func signedIn(_ house: TestHouse, roles: [Role] = []) async throws -> (TestBrowser, Account) {
        let ada = try await house.person(roles: roles)
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        return (browser, ada)
    }

    @Test("The page names the app, its host, each scope in words, the places, the person and how long it lasts (SE11)")
    func page() async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        let page = await browser.visit(
            TestApp.shop.request(["scope": "openid profile email roles", "resource": "https://other.example/"]))
        for text in [
            "Allow Shop to use your account?", "shop.example", "Know that it is you", "See your name and picture",
            "See your email address", "See which roles you have", "https://other.example/", "ada@example.org",
            "Access ends after 10 minutes.",
        ] {
            #expect(page.text.contains(text), "\(text)")
        }
        let offline = await browser.visit(TestApp.shop.request(["scope": "openid offline_access"]))
        #expect(offline.text.contains("Access ends after 180 days") && offline.text.contains("while you are away"))
    }

    @Test("Saying no is told to the app, once, and nothing is remembered (SE10)")
    func denied() async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house)
        for decision in ["deny", "", "ALLOW", nil] {
            let page = await browser.visit(TestApp.shop.request())
            let answer = await browser.submit(page, ["decision": decision])
            #expect(answer.answer["error"] == "access_denied" && answer.answer["code"] == nil)
            #expect(answer.answer["iss"] == TestHouse.origin && answer.answer["state"] == "state-1")
            #expect(await browser.submit(page, ["decision": "allow"]).status == 400)
        }
        #expect(try await house.store.consents(of: ada.id).isEmpty)
        #expect(house.audit.count(.consentDenied) == 4)
    }

    @Test("What was allowed is not asked again; more scopes or another place are (SE10, TK15)")
    func remembered() async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        _ = try await house.code(for: .shop, in: browser, ["scope": "openid email"])
        #expect(await browser.visit(TestApp.shop.request(["scope": "email openid"])).answer["code"] != nil)
        #expect(await browser.visit(TestApp.shop.request(["scope": "openid", "prompt": "none"])).answer["code"] != nil)
        for more in [
            ["scope": "openid email profile"], ["scope": "openid offline_access"],
            ["scope": "openid email", "resource": "https://other.example/"], ["scope": "openid", "prompt": "consent"],
        ] {
            let page = await browser.visit(TestApp.shop.request(more))
            #expect(page.target.hasPrefix("/consent?") && page.text.contains("Know that it is you"), "\(more)")
            let silent = await browser.visit(TestApp.shop.request(more.merging(["prompt": "none"]) { $1 }))
            #expect(more["prompt"] != nil || silent.answer["error"] == "consent_required")
        }
    }

    @Test("An app that anybody could pretend to be is asked about every time, whatever was allowed (SE11, AZ4)")
    func unverifiable() async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        for _ in 0..<3 {
            let page = await browser.visit(TestApp.device.request())
            #expect(page.target.hasPrefix("/consent?") && page.text.contains("Device"))
            #expect(await browser.submit(page, ["decision": "allow"]).answer["code"] != nil)
        }
        #expect(await browser.get(TestApp.device.request(["prompt": "none"])).answer["error"] == "consent_required")
    }

    @Test("Offline access comes only when it was asked for, allowed and registered (AZ23)")
    func offlineAccess() async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        #expect(try await house.tokens(for: .shop, in: browser).refresh == nil)
        let page = await browser.visit(TestApp.shop.request(["scope": "openid offline_access"]))
        #expect(page.target.hasPrefix("/consent?"))
        #expect(await browser.submit(page, ["decision": "deny"]).answer["error"] == "access_denied")
        #expect(try await house.tokens(for: .shop, in: browser, ["scope": "openid offline_access"]).refresh != nil)
        #expect(try await house.tokens(for: .shop, in: browser, ["scope": "openid"]).refresh == nil)
        let unregistered = try await house.tokens(for: .bank, in: browser, ["scope": "openid offline_access"])
        #expect(unregistered.refresh == nil)
    }

    @Test("Before sign-in nothing tells that an app is for some people only; afterwards it is said plainly (SE10)")
    func roles() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let signIn = await browser.visit(TestApp.office.request())
        #expect(signIn.target.hasPrefix("/sign-in?") && !signIn.text.contains("staff"))
        let told = await browser.signIn(signIn, "ada@example.org")
        #expect(told.target.hasPrefix("/not-allowed?") && told.status == 403 && told.location == nil)
        #expect(told.text.contains("Only people with the role staff may sign in to Office."))
        #expect(told.text.contains("ada@example.org") && told.reference?.isEmpty == false)
        let handle = try #require(told.handle)
        #expect(await browser.visit("/authorize/continue?request=\(handle)").status == 403)
        #expect(await browser.visit("/consent?request=\(handle)").status == 403)
    }

    @Test("A role that is given opens the app at once, in whatever context it is held (TK11)")
    func roleGiven() async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house)
        #expect(await browser.visit(TestApp.office.request()).status == 403)
        _ = try await house.store.setRoles([Role("Staff"), Role("staff2")], of: ada.id, at: house.clock.now)
        #expect(await browser.visit(TestApp.office.request()).status == 403)
        _ = try await house.store.setRoles([Role("staff", context: "sales")], of: ada.id, at: house.clock.now)
        #expect(await browser.visit(TestApp.office.request()).answer["code"] != nil)
    }

    @Test("A role taken away between code and token, or before a refresh, refuses both (TK11)")
    func roleDropped() async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house, roles: [Role("staff")])
        let scope = ["scope": "openid offline_access"]
        let tokens = try await house.tokens(for: .office, in: browser, scope)
        let code = try await house.code(for: .office, in: browser, scope)
        _ = try await house.store.setRoles([], of: ada.id, at: house.clock.now)
        #expect(await TestApp.office.exchange(code, at: house.reception).error == "invalid_grant")
        let refresh = try #require(tokens.refresh)
        #expect(await TestApp.office.refresh(refresh, at: house.reception).error == "invalid_grant")
        #expect(await browser.visit(TestApp.office.request()).status == 403)
    }

    @Test("Somebody who may not use an app can come as somebody who may (SE13)")
    func anotherAccount() async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        _ = try await house.person("bob@example.org", roles: [Role("staff")])
        let told = await browser.visit(TestApp.office.request())
        let handle = try #require(told.handle)
        let signIn = await browser.get("/sign-in?switch=1&request=\(handle)")
        #expect(signIn.status == 200 && !signIn.text.contains("ada@example.org"))
        let answer = await browser.signIn(signIn, "bob@example.org")
        #expect(answer.answer["code"] != nil)
    }

    @Test("A registration that changes while a person reads counts at once (AZ6)")
    func registrationChanges() async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        let page = await browser.visit(TestApp.shop.request())
        try house.register("shop", TestClients.shop.replacing("shop.example/callback", with: "shop.example/moved"))
        let answer = await browser.submit(page, ["decision": "allow"])
        #expect(answer.status == 400 && answer.location == nil)
    }

    @Test(
        "The policy of a page lets its form lead back to the app, which browsers must understand (WB3)",
        arguments: [
            ("com.example.device:/callback", "com.example.device:"),
            ("http://127.0.0.1:8123/callback", "http://127.0.0.1:8123"), ("http://[::1]:8123/callback", "http:"),
        ])
    func formTarget(address: String, source: String) async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        let page = await browser.visit(TestApp.device.request(["redirect_uri": address]))
        #expect(page.target.hasPrefix("/consent?"))
        #expect(page.header("Content-Security-Policy")?.hasSuffix("form-action 'self' \(source)") == true)
        let answer = await browser.submit(page, ["decision": "allow"])
        #expect(answer.location?.hasPrefix(address + "?code=") == true)
    }
}

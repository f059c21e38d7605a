import JSON
import OAuth
import Testing
import Web

@Suite("What a request demands of the sign-in behind it")
struct PromptJourney {
    struct Case: Sendable, CustomTestStringConvertible {
        let prompt: String?
        let app: TestApp
        let isSignedIn: Bool
        let outcome: String
        init(_ prompt: String?, _ app: TestApp, signedIn: Bool, _ outcome: String) {
            (self.prompt, self.app, isSignedIn, self.outcome) = (prompt, app, signedIn, outcome)
        }
        var testDescription: String { "\(prompt ?? "no prompt"), \(app.id), signed in \(isSignedIn): \(outcome)" }
    }

    static let matrix = [
        Case(nil, .app, signedIn: false, "/sign-in"), Case(nil, .app, signedIn: true, "code"),
        Case(nil, .shop, signedIn: true, "/consent"),
        Case("none", .app, signedIn: false, "login_required"), Case("none", .app, signedIn: true, "code"),
        Case("none", .shop, signedIn: true, "consent_required"),
        Case("none", .device, signedIn: true, "consent_required"),
        Case("none", .office, signedIn: false, "login_required"),
        Case("none", .office, signedIn: true, "access_denied"),
        Case("login", .app, signedIn: false, "/sign-in"), Case("login", .app, signedIn: true, "/sign-in"),
        Case("login", .office, signedIn: true, "/sign-in"),
        Case("consent", .app, signedIn: false, "/sign-in"), Case("consent", .app, signedIn: true, "/consent"),
        Case("consent login", .app, signedIn: true, "/sign-in"),
        Case("select_account", .app, signedIn: false, "/sign-in"),
        Case("select_account", .app, signedIn: true, "/select-account"),
        Case("select_account consent", .app, signedIn: true, "/select-account"),
        Case("create", .app, signedIn: false, "/sign-in"), Case("create", .app, signedIn: true, "/sign-in"),
        Case(nil, .office, signedIn: true, "/not-allowed"),
    ]

    @Test("Each prompt leads where it must, with somebody signed in or not (AZ18)", arguments: matrix)
    func prompts(_ given: Case) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        if given.isSignedIn { _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org") }
        let page = await browser.visit(given.app.request(["prompt": given.prompt]))
        let outcome =
            page.answer["code"].map { _ in "code" } ?? page.answer["error"] ?? String(page.target.prefix { $0 != "?" })
        #expect(outcome == given.outcome)
        if given.prompt == "none" { #expect(page.location?.hasPrefix(given.app.redirectURI) == true) }
    }

    @Test("A demand for a fresh sign-in is not passed by going on without one (AZ18)", arguments: ["login", "create"])
    func notSkipped(prompt: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        house.clock.advance(50)
        let page = await browser.visit(TestApp.app.request(["prompt": prompt]))
        let handle = try #require(page.handle)
        for path in ["/authorize/continue", "/consent", "/select-account", "/not-allowed"] {
            let attempt = await browser.visit("\(path)?request=\(handle)")
            #expect(attempt.target.hasPrefix("/sign-in?") && attempt.location == nil, "\(path)")
        }
        let wrong = await browser.submit(page, ["email": "ada@example.org", "password": "wrong"])
        #expect(wrong.status == 422)
        #expect(await browser.visit("/authorize/continue?request=\(handle)").target.hasPrefix("/sign-in?"))

        let answer = await browser.signIn(page, "ada@example.org")
        let code = try #require(answer.answer["code"])
        let tokens = try TestTokens(await TestApp.app.exchange(code, at: house.reception))
        #expect(try TestTokens.claims(tokens.id)["auth_time"] == .integer(house.clock.now.seconds))
    }

    @Test(
        "max_age is kept to the second, and auth_time tells the truth (AZ18)",
        arguments: [
            ("100", nil, 100), ("99", nil, nil), ("0", nil, nil), ("99", "none", nil), ("100", "none", 100),
            (nil, nil, 100),
        ] as [(String?, String?, Int64?)])
    func maximumAge(maximum: String?, prompt: String?, age: Int64?) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        house.clock.advance(100)
        let page = await browser.visit(TestApp.app.request(["max_age": maximum, "prompt": prompt]))
        guard let age else {
            if prompt == "none" { return #expect(page.answer["error"] == "login_required") }
            #expect(page.target.hasPrefix("/sign-in?"))
            #expect(page.text.contains("ada@example.org"))
            #expect(await browser.signIn(page, "ada@example.org").answer["code"] != nil)
            return
        }
        let code = try #require(page.answer["code"])
        let tokens = try TestTokens(await TestApp.app.exchange(code, at: house.reception))
        #expect(try TestTokens.claims(tokens.id)["auth_time"] == .integer(house.clock.now.seconds - age))
    }

    @Test("A registration's default_max_age counts when the request says nothing (AZ18)")
    func defaultMaximumAge() async throws {
        let strict = TestClients.app.replacing("\"martlet_skips", with: "\"default_max_age\": 60, \"martlet_skips")
        let house = try await TestHouse(clients: ["app": strict])
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        house.clock.advance(61)
        #expect(await browser.get(TestApp.app.request(["prompt": "none"])).answer["error"] == "login_required")
        #expect(await browser.get(TestApp.app.request(["prompt": "none", "max_age": "61"])).answer["code"] != nil)
    }

    @Test("A hint at one person is never answered with another (AZ19)", arguments: ["id_token_hint", "claims"])
    func otherPerson(parameter: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let bob = try await house.person("bob@example.org")
        let hint = try await house.tokens(for: .app, in: house.browser(), as: "bob@example.org").id
        let claims = #"{"id_token":{"sub":{"essential":true,"value":"\#(bob.id)"}}}"#
        let demand = [parameter: parameter == "claims" ? claims : hint]
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")

        let silent = demand.merging(["prompt": "none"]) { $1 }
        #expect(await browser.get(TestApp.app.request(silent)).answer["error"] == "login_required")
        let page = await browser.visit(TestApp.app.request(demand))
        #expect(page.target.hasPrefix("/sign-in?"))
        #expect(await browser.signIn(page, "ada@example.org").answer["error"] == "login_required")

        let again = await browser.visit(TestApp.app.request(demand))
        let answer = await browser.signIn(again, "bob@example.org")
        let code = try #require(answer.answer["code"])
        let tokens = try TestTokens(await TestApp.app.exchange(code, at: house.reception))
        #expect(try TestTokens.claims(tokens.id)["sub"] == .string(bob.id))
        #expect(await browser.get(TestApp.app.request(silent)).answer["code"] != nil)
    }

    @Test("An expired ID token is still a hint; an access token or another issuer's is none (AZ19, TK16)")
    func hintKinds() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let tokens = try await house.tokens(for: .app, in: browser)
        let foreignHouse = try await TestHouse()
        _ = try await foreignHouse.person()
        let foreign = try await foreignHouse.tokens(for: .app, in: foreignHouse.browser())
        house.clock.advance(3600)
        let silent = { (hint: String?) in TestApp.app.request(["prompt": "none", "id_token_hint": hint]) }
        #expect(await browser.get(silent(tokens.id)).answer["code"] != nil)
        for wrong in [tokens.access, foreign.id, tokens.id.map { $0 + "A" }] {
            #expect(await browser.get(silent(wrong)).answer["error"] == "invalid_request")
        }
    }

    @Test("acr_values that can be reached are met truthfully (AZ20)")
    func levels() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let level = "urn:martlet:acr:1"
        for demand in [
            ["acr_values": "urn:example:gold \(level)"],
            ["claims": #"{"id_token":{"acr":{"essential":true,"values":["x","\#(level)"]}}}"#],
            ["claims": #"{"id_token":{"acr":{"value":"urn:example:gold"}}}"#],
        ] {
            let tokens = try await house.tokens(for: .app, in: house.browser(), demand)
            #expect(try TestTokens.claims(tokens.id)["acr"] == .string(level))
        }
    }

    @Test("login_hint fills in an address, and nothing that is none (WB7)")
    func loginHint() async throws {
        let house = try await TestHouse()
        let hinted = await house.browser().visit(TestApp.app.request(["login_hint": "ada@example.org"]))
        #expect(hinted.value(of: "email") == "ada@example.org")
        for wrong in ["\"><script>alert(1)</script>", "+441234567", "ada@example.org, eve@example.org"] {
            let page = await house.browser().visit(TestApp.app.request(["login_hint": wrong]))
            #expect(page.value(of: "email") == "" && !page.text.contains("<script>alert"))
        }
    }

    @Test("form_post sends code, state and iss in a form whose target the policy names (AZ12, WB3)")
    func formPost() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let answer = await house.answer(
            to: .app, in: house.browser(), ["response_mode": "form_post", "state": "\"><x>"])
        #expect(answer.status == 200 && answer.location == nil)
        let form = try #require(answer.forms.first)
        #expect(form.action == TestApp.app.redirectURI && !answer.text.contains("<x>"))
        #expect(form.fields["iss"] == TestHouse.origin && form.fields["state"] == "\"><x>")
        let policy = answer.header("Content-Security-Policy") ?? ""
        #expect(policy.contains("form-action 'self' https://app.example") && !policy.contains("unsafe"))
        let code = try #require(form.fields["code"])
        #expect(await TestApp.app.exchange(code, at: house.reception).status == 200)
        let error = await house.browser().get(TestApp.app.request(["response_mode": "form_post", "prompt": "none"]))
        #expect(error.forms.first?.fields["error"] == "login_required")
        #expect(error.forms.first?.fields["iss"] == TestHouse.origin)
    }
}

import Identity
import JSON
import OAuth
import TestSupport
import Testing
import Web

@Suite("Signing in")
struct SignInJourney {
    @Test("From the app through sign-in and consent to code, tokens, userinfo and introspection (AZ12, JW5, TK23)")
    func wholeWay() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = house.browser()

        let signIn = await browser.visit(TestApp.shop.request())
        #expect(signIn.target.hasPrefix("/sign-in?request=") && signIn.text.contains("Shop"))
        let consent = await browser.signIn(signIn, "Ada@Example.org")
        #expect(consent.target.hasPrefix("/consent?request="))
        let answer = await browser.submit(consent, ["decision": "allow"])
        #expect(answer.status == 303 && answer.location?.hasPrefix("https://shop.example/callback?code=") == true)
        #expect(answer.answer["state"] == "state-1" && answer.answer["iss"] == TestHouse.origin)

        let code = try #require(answer.answer["code"])
        let tokens = try TestTokens(await TestApp.shop.exchange(code, at: house.reception))
        #expect(tokens.refresh == nil)
        let claims = try TestTokens.claims(tokens.id)
        #expect(claims["iss"] == .string(TestHouse.origin) && claims["aud"] == "shop" && claims["azp"] == "shop")
        #expect(claims["sub"] == .string(ada.id) && claims["nonce"] == "nonce-1")
        #expect(claims["auth_time"] == .integer(house.clock.now.seconds) && claims["amr"] == ["pwd"])
        #expect(claims["email"] == nil && claims["at_hash"] != nil)

        let person = await TestApp.userInfo(tokens.access, at: house.reception)
        #expect(person["sub"] == .string(ada.id) && person["email"] == "ada@example.org")
        #expect(person["name"] == "Ada Lovelace" && person["roles"] == nil)
        let description = await TestApp.shop.introspect(tokens.access, at: house.reception)
        #expect(description.isActive == true && description["client_id"] == "shop")
        #expect(description["aud"] == [.string(TestHouse.origin), "https://api.shop.example/"])
    }

    @Test("A second app needs no password, an app that asks for consent still asks (SE10)")
    func singleSignOn() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        #expect(await house.answer(to: .app, in: browser).answer["code"] != nil)
        #expect(await browser.visit(TestApp.bank.request()).answer["code"] != nil)
        #expect(await browser.visit(TestApp.shop.request()).target.hasPrefix("/consent?"))
    }

    @Test("Signing in always makes a new session; the one before is dead, and a planted one is never adopted (SE2)")
    func newSession() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        browser.cookies["martlet-session"] = "mse_" + String(repeating: "A", count: 43)
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let first = try #require(browser.cookies["martlet-session"])
        #expect(first != "mse_" + String(repeating: "A", count: 43))

        let again = await browser.visit(TestApp.app.request(["prompt": "login"]))
        _ = await browser.signIn(again, "ada@example.org")
        let second = try #require(browser.cookies["martlet-session"])
        #expect(second != first)
        let thief = house.browser(from: "203.0.113.9")
        thief.cookies = ["martlet-session": first]
        #expect(await thief.visit("/account").target == "/sign-in")
        #expect(await browser.get("/account").status == 200)
    }

    @Test("A session ends after 14 idle days, and after 30 days however busy (SE3)")
    func lifetimes() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (idle, busy) = (house.browser(), house.browser(from: "192.0.2.2"))
        for browser in [idle, busy] { _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org") }
        house.clock.advance(13 * 86_400)
        #expect(await busy.get("/account").status == 200)
        house.clock.advance(86_400)
        #expect(await idle.visit("/account").target == "/sign-in")
        #expect(await busy.get("/account").status == 200)
        house.clock.advance(10 * 86_400)
        #expect(await busy.get("/account").status == 200)
        house.clock.advance(6 * 86_400)
        #expect(await busy.visit("/account").target == "/sign-in")
    }

    @Test("Wrong password, unknown, disabled and password-less person get one answer, header for header (PW10)")
    func oneAnswer() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let gone = try await house.person("bob@example.org")
        _ = try await house.store.setStatus(.disabled, of: gone.id, at: house.clock.now)
        let people = [
            ("ada@example.org", "not the password"), ("nobody@example.org", TestHouse.password),
            ("bob@example.org", TestHouse.password), ("bob@example.org", "not the password"),
            ("ada@example.org", String(repeating: "x", count: 2000)),
        ]
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        var seen: Set<String> = []
        for (email, password) in people {
            let page = await browser.post(form, ["email": email, "password": password])
            #expect(page.status == 422)
            let headers = page.reply.headers.map { "\($0.name): \($0.value)" }.sorted().joined(separator: "\n")
            let reference = page.header("X-Request-Id") ?? ""
            seen.insert(
                (headers + page.text).replacing(email, with: "…").replacing(reference, with: "…")
                    // A passkey's challenge is another on each page.
                    .replacing(/data-options="[^"]*"/, with: ""))
        }
        #expect(seen.count == 1)
        #expect(browser.cookies["martlet-session"] == nil)
    }

    @Test("What is left out of the form is asked for without a try being counted (PW7)")
    func missingFields() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        for _ in 0..<15 {
            let page = await browser.post(form, ["email": "ada", "password": ""])
            #expect(page.status == 422 && page.value(of: "email") == "ada")
            #expect(page.text.contains("id=\"email-error\"") && page.text.contains("id=\"password-error\""))
        }
        #expect(await browser.signIn(form, "ada@example.org").target == "/account")
    }

    @Test("A person disabled between sign-in and answer gets no code (SE6, SO10)")
    func disabledMidway() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = house.browser()
        let consent = await browser.signIn(await browser.visit(TestApp.shop.request()), "ada@example.org")
        _ = try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now)
        let page = await browser.submit(consent, ["decision": "allow"])
        #expect(page.target.hasPrefix("/sign-in?") && page.location == nil)
    }

    @Test(
        "With the real scheme, passwords are kept as Argon2id and normalised: one spelling is as good as another (PW5, D6)"
    )
    func argon2id() async throws {
        let house = try await TestHouse(scheme: Argon2idScheme())
        let ada = try await house.person(password: "caf\u{E9} \u{FB01}ve lamps")
        #expect(ada.passwordHash?.hasPrefix("$argon2id$") == true)
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        for wrong in ["cafe five lamps", "caf\u{E9} five lamp", "CAF\u{C9} FIVE LAMPS", "caf\u{E9} five lamps "] {
            #expect(await browser.signIn(form, "ada@example.org", password: wrong).status == 422)
        }
        let page = await browser.signIn(form, "ada@example.org", password: "cafe\u{301} five lamps")
        #expect(page.target == "/account")
    }
}

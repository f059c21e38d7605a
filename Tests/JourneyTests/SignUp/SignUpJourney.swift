import HTTPTypes
import Identity
import JSON
import OAuth
import Testing

@testable import Web
@testable import martlet

@Suite("Making an account for oneself")
struct SignUpJourney {
    @Test("B062, B073, SE2: by the code in the same browser, signed in, welcomed once, verified")
    func byCode() async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        browser.cookies["martlet-session"] = "mse_" + String(repeating: "A", count: 43)
        let page = await browser.signUp(await browser.get("/sign-up"))
        #expect(page.target == "/sign-up/code" && page.heading == "Check your mail")
        #expect(page.text.contains("grace@example.org") && page.status == 200)
        #expect(try await house.store.account(canonicalEmail: "grace@example.org") == nil)

        let (_, code) = try await house.mailed(.signUp)
        let home = await browser.type(code, on: page)
        #expect(home.target == "/account" && home.status == 200)
        let grace = try #require(try await house.store.account(canonicalEmail: "grace@example.org"))
        #expect(grace.isEmailVerified && grace.roles.isEmpty && grace.profile.name == "Grace Hopper")
        #expect(browser.cookies["martlet-session"] != "mse_" + String(repeating: "A", count: 43))
        #expect(try await house.letters(.welcome).map(\.path) == ["/account"])
        let again = house.browser(from: "192.0.2.9")
        let later = await again.signIn(
            await again.get("/sign-in"), "GRACE@example.org", password: "four lamps over harbour")
        #expect(later.target == "/account")
    }

    @Test("ML2, ML3, B084: by the link in the same browser, which five looks of anybody do not spend")
    func byLink() async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        _ = await browser.signUp(await browser.get("/sign-up"))
        let (path, _) = try await house.mailed(.signUp)
        for method in [HTTPRequest.Method.get, .head, .get, .head, .get] {
            #expect(await house.browser(from: "192.0.2.77").send(method, path).status == 200)
        }
        let page = await browser.get(path)
        #expect(page.heading == "Create your account" && page.value(of: "password") == nil)
        #expect(page.header("Referrer-Policy") == "no-referrer" && page.header("Cache-Control") == "no-store")
        #expect(!page.text.contains("<input id=\"password\""))
        #expect(await browser.submit(page, [:]).target == "/account")
        #expect(house.audit.count(.accountCreated) == 1)
    }

    @Test("ML2, ML9: by the link in another browser, with a password chosen there and not the one typed before")
    func elsewhere() async throws {
        let house = try await TestHouse.open()
        let asker = house.browser()
        let waiting = await asker.signUp(await asker.visit(TestApp.app.request(["prompt": "create"])))
        let (path, code) = try await house.mailed(.signUp)
        #expect(path.contains("?request=mpa_"))

        let phone = house.browser(from: "192.0.2.50")
        let page = await phone.get(path)
        #expect(page.text.contains("another browser") && page.value(of: "name") == "Grace Hopper")
        let weak = await phone.submit(page, ["name": "Grace Hopper", "password": "short"])
        #expect(weak.status == 422 && weak.value(of: "password") == nil && weak.text.contains("href=\"#password\""))
        let done = await phone.submit(weak, ["name": "Grace Hopper", "password": "quiet rivers at midnight"])
        #expect(done.target == "/account" && done.status == 200)

        // The browser that asked is not signed in by it, and its request is not finished (ML2).
        #expect(asker.cookies["martlet-session"] == nil)
        let late = await asker.type(code, on: waiting)
        #expect(late.status == 404 && late.heading == "This link is no longer good")
        let handle = try #require(waiting.handle)
        let back = await asker.visit("/authorize/continue?request=\(handle)")
        #expect(back.target.hasPrefix("/sign-up?request="))
        #expect(
            await asker.signIn(
                await asker.get("/sign-in?request=\(handle)"), "grace@example.org", password: "four lamps over harbour"
            ).status == 422)
        let answer = await asker.signIn(
            await asker.get("/sign-in?request=\(handle)"), "grace@example.org", password: "quiet rivers at midnight")
        #expect(answer.answer["code"] != nil)
    }

    @Test("B051, B052, AZ18: prompt=create goes through sign-up back to the app", arguments: ["code", "link"])
    func forAnApp(way: String) async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let request = TestApp.app.request(["prompt": "create", "login_hint": "grace@example.org"])
        let page = await browser.visit(request)
        #expect(page.target.hasPrefix("/sign-up?request=") && page.heading.contains("App"))
        #expect(page.value(of: "email") == "grace@example.org")
        let waiting = await browser.signUp(page)
        let policy = waiting.header("Content-Security-Policy") ?? ""
        #expect(policy.contains("form-action 'self' https://app.example"), "the last form leads to the app")
        let (path, code) = try await house.mailed(.signUp)
        house.clock.advance(60)
        let answer =
            way == "code"
            ? await browser.type(code, on: waiting) : await browser.submit(await browser.get(path), [:])
        #expect(answer.status == 303 && answer.answer["state"] == "state-1")
        let authorization = try #require(answer.answer["code"])
        let tokens = try TestTokens(await TestApp.app.exchange(authorization, at: house.reception))
        let grace = try #require(try await house.store.account(canonicalEmail: "grace@example.org"))
        let claims = try TestTokens.claims(tokens.id)
        #expect(claims["sub"] == .string(grace.id) && claims["auth_time"] == .integer(house.clock.now.seconds))
        let person = await TestApp.userInfo(tokens.access, at: house.reception)
        #expect(person["email"] == "grace@example.org" && person["email_verified"] == true)
    }

    @Test("AZ18: prompt=create asks for a new account although somebody is signed in, and never mixes the two")
    func whileSignedIn() async throws {
        let house = try await TestHouse.open()
        let ada = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        #expect(await browser.visit("/sign-up").target == "/account")
        let page = await browser.visit(TestApp.app.request(["prompt": "create"]))
        #expect(page.target.hasPrefix("/sign-up?request="))
        let waiting = await browser.signUp(page)
        let answer = await browser.type(try await house.mailed(.signUp).code, on: waiting)
        let tokens = try TestTokens(
            await TestApp.app.exchange(try #require(answer.answer["code"]), at: house.reception))
        #expect(try TestTokens.claims(tokens.id)["sub"] != .string(ada.id))
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).isEmpty)
    }

    @Test("B050, B051: a page that was asked for is where one ends, and a request wins over it")
    func next() async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let form = await browser.get("/sign-up?next=%2Faccount%2Fpassword")
        #expect(form.text.contains("href=\"/sign-in?next=%2Faccount%2Fpassword\""))
        let waiting = await browser.signUp(form)
        #expect(waiting.target == "/sign-up/code?next=%2Faccount%2Fpassword")
        let (path, code) = try await house.mailed(.signUp)
        #expect(path.hasSuffix("?next=%2Faccount%2Fpassword"))
        #expect(await browser.type(code, on: waiting).target == "/account/password")
    }

    @Test("ML7, B149: the mail is sent again when asked for; the newest works and the page says the same each time")
    func again() async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let waiting = await browser.signUp(await browser.get("/sign-up"))
        let old = try await house.mailed(.signUp)
        let early = await browser.submit(waiting, [:], action: "/sign-up/again")
        house.clock.advance(30)
        let sent = await browser.submit(waiting, [:], action: "/sign-up/again")
        #expect(early.text == sent.text && sent.status == 200)
        #expect(try await house.letters(.signUp).count == 2)
        let new = try await house.mailed(.signUp)
        #expect(await browser.get(old.path).status == 404)
        #expect(await browser.type(old.code, on: sent).status == 422)
        #expect(await browser.type(new.code, on: sent).target == "/account")
    }

    @Test("ML8: five wrong codes leave the link, and the way there is said")
    func wrongCodes() async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let waiting = await browser.signUp(await browser.get("/sign-up"))
        let (path, code) = try await house.mailed(.signUp)
        for left in [4, 3, 2, 1, 0] {
            let page = await browser.type("AAAA-AAAA", on: waiting)
            #expect(page.status == 422 && page.text.contains("<title>Error: "))
            #expect(page.text.contains(left == 0 ? "Open the link" : left == 1 ? "once more" : "\(left) more times"))
        }
        #expect(await browser.type(code, on: waiting).status == 422)
        #expect(await browser.submit(await browser.get(path), [:]).target == "/account")
    }

    @Test("IN1: what was typed comes back, but never the password, with a sentence at each field")
    func badInput() async throws {
        let house = try await TestHouse.open { $0.signUp.username = .optional }
        let browser = house.browser()
        let page = await browser.signUp(
            await browser.get("/sign-up?next=%2Faccount%2Fpassword"),
            ["name": "", "email": "not an address", "username": "a b", "password": "short"])
        #expect(page.status == 422 && page.value(of: "email") == "not an address")
        #expect(page.value(of: "username") == "a b" && page.value(of: "password") == nil)
        for field in ["name", "email", "username", "password"] {
            #expect(page.text.contains("href=\"#\(field)\"") && page.text.contains("id=\"\(field)-error\""), "\(field)")
        }
        #expect(try await house.letters().isEmpty)
        let waiting = await browser.signUp(page, ["username": "grace"])
        #expect(waiting.target == "/sign-up/code?next=%2Faccount%2Fpassword")
    }

    @Test("B035, B061: back, reload and a second press lead on when it is done, and who is signed in is not asked")
    func afterwards() async throws {
        let house = try await TestHouse.open()
        let browser = house.browser()
        let waiting = await browser.signUp(await browser.get("/sign-up?next=%2Faccount%2Fpassword"))
        let (path, code) = try await house.mailed(.signUp)
        let link = await browser.get(path)
        _ = await browser.type(code, on: waiting)
        #expect(await browser.post(waiting, ["code": code], action: "/sign-up/code").location == "/account/password")
        #expect(await browser.post(link, [:]).location == "/account/password")
        #expect(await browser.get("/sign-up/code?next=%2Faccount%2Fpassword").location == "/account/password")
        #expect(await browser.get("/sign-up").location == "/account")
        house.clock.advance(61)
        #expect(await browser.post(link, [:]).status == 404)
        #expect(house.audit.count(.accountCreated) == 1 && house.audit.count(.signIn) == 1)
    }
}

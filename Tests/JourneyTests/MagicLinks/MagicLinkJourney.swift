import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("Signing in by mail")
struct MagicLinkJourney {
    private static let level = "urn:martlet:acr:1"

    @Test("B008, B052, B082, ML2: from the app by the button of the sign-in page and the link, to code and state")
    func byLink() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let browser = house.browser()
        let signIn = await browser.visit(TestApp.app.request(["acr_values": Self.level]))
        #expect(signIn.text.contains("formaction=\"/magic-link\""))
        let sent = await browser.askForLink("Ada@Example.org", on: signIn)
        #expect(sent.heading == "Check your mail" && sent.handle == signIn.handle)
        #expect(sent.target.hasPrefix("/magic-link/code?request=") && !browser.isSignedIn)
        let link = try await house.link().path
        #expect(link.hasSuffix("?request=" + (try #require(signIn.handle))))
        let page = await browser.get(link)
        #expect(page.status == 200 && page.text.contains("a…@example.org") && page.text.contains("App"))
        #expect(!page.text.contains("ada@example.org") && !browser.isSignedIn)
        #expect(page.header("Content-Security-Policy")?.contains("form-action 'self' https://app.example") == true)
        let answer = await browser.submit(page, [:])
        #expect(answer.location?.hasPrefix("https://app.example/callback?code=") == true)
        #expect(answer.answer["state"] == "state-1" && answer.answer["iss"] == TestHouse.origin)
        let code = try #require(answer.answer["code"])
        let claims = try TestTokens.claims(try TestTokens(await TestApp.app.exchange(code, at: house.reception)).id)
        #expect(claims["sub"] == .string(ada.id) && claims["auth_time"] == .integer(house.clock.now.seconds))
        #expect(claims["amr"] == ["email"] && claims["acr"] == .string(Self.level), "ML11, D1")
        #expect(house.linkFaults.isEmpty)
    }

    @Test("B008, B142, ML8: by the code, typed as people type it, to the app; the link is dead with it")
    func byCode() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let signIn = await browser.visit(TestApp.shop.request())
        let sent = await browser.askForLink(on: signIn)
        let (path, code) = try await house.link()
        let typed = " " + code.lowercased().replacing("-", with: " ")
        let consent = await browser.submit(sent, ["code": typed], action: "/magic-link/code")
        #expect(consent.target.hasPrefix("/consent?request="))
        #expect(await browser.submit(consent, ["decision": "allow"]).answer["state"] == "state-1")
        house.clock.advance(61)
        #expect(await browser.get(path).status == 404)
    }

    @Test("B008, B012, B050: without an app to the account page, or to the page of ours that was asked for")
    func account() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        #expect(await browser.get("/magic-link").status == 200)
        let sent = await browser.askForLink()
        #expect(sent.target == "/magic-link/code")
        let account = await browser.enter(by: try await house.link().path)
        #expect(account.target == "/account" && account.status == 200)
        let other = house.browser(from: "192.0.2.2")
        house.clock.advance(31)
        _ = await other.askForLink(at: "/magic-link?next=%2Faccount%2Fdata")
        #expect(await other.enter(by: try await house.link().path).target == "/account/data")
    }

    @Test("B006, SE2: signing in makes a new session, and the one before is dead")
    func newSession() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        let first = try #require(browser.cookies["martlet-session"])
        let again = await browser.visit(TestApp.app.request(["prompt": "login"]))
        #expect(again.text.contains("formaction=\"/magic-link\""))
        house.clock.advance(60)
        let sent = await browser.askForLink(on: again)
        #expect(sent.heading == "Check your mail")
        #expect(await browser.enter(by: try await house.link().path).answer["code"] != nil)
        #expect(browser.cookies["martlet-session"] != first)
        let thief = house.browser(from: "203.0.113.9")
        thief.cookies = ["martlet-session": first]
        #expect(await thief.visit("/account").target == "/sign-in")
        #expect(await browser.get("/account").status == 200)
    }

    @Test("B001, B007: two sign-ins leave one row of the method, with its first and its last use")
    func methods() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let begun = house.clock.now
        for number in 1...2 {
            let browser = house.browser(from: "192.0.2.\(number)")
            await browser.askForLink()
            #expect(await browser.enter(by: try await house.link().path).target == "/account")
            if number == 1 { house.clock.advance(86_400) }
        }
        let uses = try await house.store.signInMethods(of: ada.id)
        #expect(
            uses == [SignInMethodUse(method: "email", firstUsedAt: begun, lastUsedAt: begun + 86_400)])
        #expect(house.audit.events.filter { $0.kind == .signIn }.allSatisfy { $0.details["method"] == "email" })
    }

    @Test(
        "B078, B003: the mail has one link and one code, says from where it was asked for, and no secret stands in its subject"
    )
    func mail() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser(from: "203.0.113.9")
        await browser.askForLink()
        let (path, code) = try await house.link()
        let mail = try await house.latestMail(to: "ada@example.org")
        #expect(mail.paths == [path] && mail.code == code && mail.text.contains("203.0.113.9"))
        #expect(!mail.subject.contains(code) && !mail.subject.contains("mml_"))
        #expect(mail.html.contains(path) && mail.html.contains(code))
    }

    @Test("B086, B138: by the policies of roles and of choice, for whom they let in")
    func policies() async throws {
        let house = try await TestHouse.linking(.roles) { $0.magicLinks.roles = ["InteractiveReporter", "Guest"] }
        _ = try await house.person(roles: [Role("InteractiveReporter", context: "project-7")])
        let browser = house.browser()
        await browser.askForLink()
        #expect(await browser.enter(by: try await house.link().path).target == "/account")
        let choosing = try await TestHouse.linking(.optIn)
        try await choosing.optIn(choosing.person())
        let other = choosing.browser()
        await other.askForLink()
        #expect(await other.enter(by: try await choosing.link().path).target == "/account")
    }

    @Test("B137: people of a provider get links where the operator says so")
    func upstreamAllowed() async throws {
        let house = try await TestHouse.linking { $0.magicLinks.upstreamPeople = .allow }
        let ada = try await house.person()
        try await house.note("github", of: ada)
        let browser = house.browser()
        await browser.askForLink()
        #expect(await browser.enter(by: try await house.link().path).target == "/account")
        #expect(try await house.store.signInMethods(of: ada.id).map(\.method) == ["email", "github"])
    }

    @Test("B133, B134: an app, or a server, that takes links alone asks for the address and nothing else")
    func linksAlone() async throws {
        let links = "\"martlet_skips_consent\": true, \"martlet_sign_in_methods\": [\"magic_link\"]"
        let app = TestClients.app.replacing("\"martlet_skips_consent\": true", with: links)
        let forApp = try await TestHouse.linking()
        try forApp.register("app", app)
        let everywhere = try await TestHouse.linking { $0.order("magic_link") }
        for house in [forApp, everywhere] {
            _ = try await house.person()
            let browser = house.browser()
            let signIn = await browser.visit(TestApp.app.request())
            #expect(signIn.value(of: "email") == "" && signIn.value(of: "password") == nil)
            #expect(signIn.forms.first?.action == "/magic-link")
            let sent = await browser.submit(signIn, ["email": "ada@example.org"], action: "/magic-link")
            #expect(sent.heading == "Check your mail")
            #expect(await browser.enter(by: try await house.link().path).answer["code"] != nil)
            let other = house.browser(from: "192.0.2.2")
            let page = await other.visit(TestApp.app.request())
            let password = await other.forge(
                page, ["email": "ada@example.org", "password": TestHouse.password, "request": page.handle],
                to: "/sign-in")
            #expect(password.status == 403 && !other.isSignedIn)
        }
    }

    @Test("B150: whoever is signed in already goes on, and nothing is mailed")
    func signedIn() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        #expect(await browser.get("/magic-link").location == "/account")
        #expect(await browser.get("/magic-link?next=%2Faccount%2Fdata").location == "/account/data")
        #expect(await browser.get("/magic-link/code").location == "/account")
    }

    @Test("ML2: with login_here another browser signs in itself, to the account page; what was begun stays there")
    func loginHere() async throws {
        let house = try await TestHouse.linking { $0.magicLinks.crossDevice = .loginHere }
        _ = try await house.person()
        let (browser, phone) = (house.browser(), house.browser(from: "192.0.2.50"))
        let signIn = await browser.visit(TestApp.app.request())
        _ = await browser.askForLink(on: signIn)
        let link = try await house.link().path
        let page = await phone.get(link)
        #expect(page.status == 200 && !page.text.contains("App") && !phone.isSignedIn)
        #expect(await phone.submit(page, [:]).target == "/account")
        #expect(phone.isSignedIn && !browser.isSignedIn)
        #expect(await browser.visit("/authorize/continue?request=\(signIn.handle ?? "")").target.hasPrefix("/sign-in?"))
        #expect(await browser.get(link).status == 404)
    }
}

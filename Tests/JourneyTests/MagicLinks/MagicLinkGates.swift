import Identity
import OAuth
import Storage
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("Whom signing in by mail is for")
struct MagicLinkGates {
    /// Asked for while it was allowed.
    private func ask(_ house: TestHouse) async throws -> (browser: TestBrowser, link: String, code: String) {
        let browser = house.browser()
        await browser.askForLink()
        let mail = try await house.link()
        return (browser, mail.path, mail.code)
    }

    @Test("B138, B147: a role that was taken meanwhile lets nobody in; who has proven the mailbox is told who may")
    func roleDropped() async throws {
        let house = try await TestHouse.linking(.roles) { $0.magicLinks.roles = ["InteractiveReporter"] }
        let ada = try await house.person(roles: [Role("InteractiveReporter", context: "p1")])
        let (browser, link, code) = try await ask(house)
        #expect(try await house.store.setRoles([Role("Editor")], of: ada.id, at: house.clock.now))
        let looked = await browser.get(link)
        #expect(looked.status == 200 && !looked.text.contains("InteractiveReporter"), "nobody learns it by looking")
        let codePage = await browser.get("/magic-link/code")
        for page in [
            await browser.submit(looked, [:]),
            await browser.submit(codePage, ["code": code], action: "/magic-link/code"),
        ] {
            #expect(page.status == 403 && page.text.contains("InteractiveReporter") && !browser.isSignedIn)
            try await house.expect(
                page, Explained(.policy, "whom links are not for", "InteractiveReporter", "magic_link.policy"))
        }
        #expect(house.linkFaults == ["gate", "gate"])
        #expect(try await house.store.setRoles([Role("InteractiveReporter")], of: ada.id, at: house.clock.now))
        #expect(await browser.enter(by: link).target == "/account", "nothing was spent")
    }

    @Test("B086: who has switched links off meanwhile is not let in by one")
    func switchedOff() async throws {
        let house = try await TestHouse.linking(.optIn)
        let ada = try await house.person()
        try await house.optIn(ada)
        let (browser, link, _) = try await ask(house)
        #expect(try await house.store.decide(.magicLinks(false), of: ada.id, mailing: []))
        let page = await browser.enter(by: link)
        #expect(page.status == 403 && page.heading == "You cannot sign in by mail" && !browser.isSignedIn)
        #expect(page.header("Referrer-Policy") == "no-referrer" && page.text.contains("href=\"/sign-in\""))
    }

    @Test("B137: who has an account at a provider by then is not let in by a link")
    func upstream() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let (browser, link, _) = try await ask(house)
        try await house.note("github", of: ada)
        #expect(await browser.enter(by: link).status == 403)
        #expect(!browser.isSignedIn && house.linkFaults == ["gate"])
    }

    @Test(
        "B137: so is who was imported with one and has not used it yet, where that provider is on",
        arguments: [true, false])
    func imported(isOn: Bool) async throws {
        let house = try await TestHouse.linking {
            guard isOn else { return }
            $0.providerDrafts["github"].clientID = "app"
            $0.providerDrafts["github"].clientSecret = SecretText(text: "a secret of theirs")
        }
        let bob = Account(
            id: "bob", email: try #require(EmailAddress("bob@example.org")), isEmailVerified: true, profile: Profile(),
            passwordHash: nil, createdAt: house.clock.now, updatedAt: house.clock.now)
        let identity = ArrivingIdentity.known(UpstreamIdentity.Key(provider: "github", subject: "1"), label: nil)
        #expect(try await house.store.settle([Settler(bob, identities: [identity])], costs: []) == [.created])
        await house.browser().askForLink("bob@example.org")
        #expect(try await house.letters().map(\.kind) == [isOn ? .magicLinkNotForYou : .magicLink])
    }

    @Test("B141: a link is nobody's once the account has another address")
    func otherAddress() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let (browser, link, code) = try await ask(house)
        let codePage = await browser.get("/magic-link/code")
        // As it would be between the two halves of a sign-in.
        _ = try await house.store.database.change {
            try $0.execute("UPDATE accounts SET email = 'a@new.example', canonical_email = 'a@new.example'", [])
        }
        #expect(await browser.force(link).status == 404)
        #expect(await browser.submit(codePage, ["code": code], action: "/magic-link/code").status == 404)
        #expect(!browser.isSignedIn)
    }

    @Test("B133: an app that does not take links offers none, and is not signed in to by one")
    func forApp() async throws {
        let house = try await TestHouse.linking()
        let passwords = "\"martlet_skips_consent\": true, \"martlet_sign_in_methods\": [\"password\"]"
        try house.register("app", TestClients.app.replacing("\"martlet_skips_consent\": true", with: passwords))
        _ = try await house.person()
        let (browser, link, code) = try await ask(house)
        let signIn = await browser.visit(TestApp.app.request())
        let handle = try #require(signIn.handle)
        #expect(signIn.text.contains("name=\"password\"") && !signIn.text.contains("/magic-link"))
        let refusals = [
            await browser.get("/magic-link?request=" + handle),
            await browser.askForLink(on: signIn),
            await browser.forge(
                signIn, ["here": "1", "request": handle], to: String(link.prefix { $0 != "?" })),
            await browser.forge(signIn, ["code": code, "request": handle], to: "/magic-link/code"),
        ]
        for page in refusals {
            #expect(page.status == 403 && page.reference != nil && !browser.isSignedIn)
            try await house.expect(page, Explained(.method, "link by mail", "password", "martlet_sign_in_methods"))
        }
        #expect(try await house.letters(.magicLink).count == 1)
        #expect(await browser.signIn(signIn, "ada@example.org").answer["code"] != nil)
    }

    @Test("B082: a server that takes no links has no such button and no such pages")
    func off() async throws {
        let house = try await TestHouse.linking { $0.order("password") }
        _ = try await house.person()
        let browser = house.browser()
        let signIn = await browser.get("/sign-in")
        #expect(!signIn.text.contains("magic-link") && signIn.text.contains("name=\"password\""))
        for path in ["/magic-link", "/magic-link/code", "/magic-link/again", "/magic-link/x"] {
            #expect(await browser.get(path).status == 404, "\(path)")
            #expect(await browser.forge(signIn, ["email": "ada@example.org"], to: path).status == 404, "\(path)")
        }
        #expect(try await house.letters().isEmpty)
    }

    @Test("B089: the form asks for a captcha; the button of the sign-in page leads to it with the address filled in")
    func captcha() async throws {
        let house = try await TestHouse.linking {
            $0.captcha.provider = .altcha
            $0.captcha.difficulty = 1000
        }
        _ = try await house.person()
        let browser = house.browser()
        let form = await browser.askForLink(on: await browser.get("/sign-in"))
        #expect(form.status == 200 && form.value(of: "email") == "ada@example.org" && form.puzzle != nil)
        let values = ["email": "ada@example.org"]
        house.clock.advance(2)
        let refused = await browser.post(form, values.merging(["captcha": "x"]) { $1 }, action: "/magic-link")
        #expect(refused.status == 422 && refused.value(of: "email") == "ada@example.org")
        #expect(try await house.letters().isEmpty)
        let solved = values.merging(["captcha": try refused.solution()]) { $1 }
        house.clock.advance(2)
        #expect(await browser.post(refused, solved, action: "/magic-link").location == "/magic-link/code")
        #expect(try await house.letters(.magicLink).count == 1)
        let sly = await browser.post(form, values.merging(["from": "sign-in"]) { $1 }, action: "/magic-link")
        #expect(sly.status == 200 && sly.puzzle != nil, "who says that it is another button is asked")
        #expect(try await house.letters(.magicLink).count == 1)
    }

    @Test(
        "B012: an address that is none comes back with a sentence and what was typed, and asks for nothing",
        arguments: ["", "ada", "a@b,c@d.example", "\"ada\"@example.org", "ada@example.org\r\nBcc: eve@example.org"])
    func malformed(typed: String) async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let page = await browser.post(await browser.get("/magic-link"), ["email": typed], action: "/magic-link")
        #expect(page.status == 422 && page.text.contains("id=\"email-error\"") && page.reference != nil)
        #expect(try await house.letters().isEmpty)
    }
}

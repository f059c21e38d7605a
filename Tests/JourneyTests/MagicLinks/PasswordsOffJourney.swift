import Identity
import OAuth
import Testing
import Web

@testable import martlet

/// People have passwords from earlier days here, which nothing may ask for any more.
@Suite("B134: without “password” in sign_in.methods nothing is left of passwords")
struct PasswordsOffJourney {
    private static func house(policy: MagicLinkSettings.Policy = .anybody) async throws -> TestHouse {
        try await TestHouse {
            $0.order("magic_link")
            $0.magicLinks.policy = policy
            if policy == .roles { $0.magicLinks.roles = ["reporter"] }
        }
    }

    /// Signed in by a mailed code.
    private static func signedIn(
        _ house: TestHouse, _ email: String = "ada@example.org", from peer: String = "192.0.2.1"
    ) async throws -> TestBrowser {
        let browser = house.browser(from: peer)
        let sent = await browser.submit(await browser.get("/sign-in"), ["email": email], action: "/magic-link")
        let code = try #require(try await house.latestMail(to: email, leading: "/magic-link/").code)
        let page = await browser.submit(sent, ["code": code])
        try #require(page.target == "/account", "\(page.status) \(page.target)")
        return browser
    }

    @Test("The sign-in page asks for no password, and what is sent there all the same is not looked at")
    func signIn() async throws {
        let house = try await Self.house()
        _ = try await house.person()
        let browser = house.browser()
        let page = await browser.get("/sign-in")
        #expect(page.value(of: "email") != nil && !page.text.contains("name=\"password\""))
        #expect(!page.text.contains("/recovery") && !page.text.contains("/sign-up"))
        let answer = await browser.forge(
            page, ["email": "ada@example.org", "password": TestHouse.password], to: "/sign-in")
        #expect(answer.status == 403 && answer.location == nil)
        #expect(house.audit.count(.signIn) == 0 && house.audit.count(.signInRefused) == 0)
        #expect(house.audit.count(.formRefused) == 0)
        try await house.expect(
            answer, Explained(.method, "a password", "one of sign_in.methods", "add password to sign_in.methods"))
    }

    @Test(
        "There are no pages of passwords: neither to change one, nor for a forgotten one",
        arguments: [
            "/account/password", "/recovery", "/recovery/sent", "/recovery/mml_" + String(repeating: "A", count: 43),
        ])
    func gone(path: String) async throws {
        let house = try await Self.house()
        let ada = try await house.person()
        let browser = try await Self.signedIn(house)
        #expect(await browser.get(path).status == 404)
        #expect(await house.browser().get(path).status == 404)
        let values = [
            "email": "ada@example.org", "current": TestHouse.password, "password": RecoveryJourney.new, "code": "x",
        ]
        #expect(await browser.forge(await browser.get("/account"), values, to: path).status == 404)
        #expect(try await house.store.account(id: ada.id)?.passwordHash == ada.passwordHash)
        #expect(house.audit.count(.mailProofAsked) == 1)
    }

    @Test("The page on security offers no password, to nobody")
    func security() async throws {
        let house = try await Self.house()
        _ = try await house.person()
        let page = try await Self.signedIn(house).get("/account/security")
        #expect(page.status == 200 && page.text.contains("ada@example.org"))
        for word in ["/account/password", "Set a password", "Change your password", "<dt>Password</dt>"] {
            #expect(!page.text.contains(word), "\(word)")
        }
    }

    @Test("What is sensitive is confirmed by a mailed code, whether or not there once was a password (B093)")
    func confirmation() async throws {
        let house = try await Self.house()
        _ = try await house.person()
        let browser = try await Self.signedIn(house)
        house.clock.advance(301)
        let page = await browser.visit("/account/delete")
        #expect(page.heading == "Confirm it is you" && !page.text.contains("name=\"password\""))
        let byPassword = await browser.forge(
            page, ["password": TestHouse.password, "next": "/account/delete"], to: "/account/confirm")
        #expect(byPassword.location == "/account/confirm?next=%2Faccount%2Fdelete")
        #expect(await browser.get("/account/delete").location == "/account/confirm?next=%2Faccount%2Fdelete")
        #expect(house.audit.count(.reauthenticated) == 0)
        let sent = await browser.submit(page, [:], action: "/account/confirm/mail")
        #expect(sent.heading == "Check your mail")
        let mail = try #require(try await house.mail(to: "ada@example.org").last { $0.code != nil && $0.paths.isEmpty })
        #expect(await browser.submit(sent, ["code": mail.code]).target == "/account/delete")
    }

    @Test("Whoever says “this was not me” is led to sign in, not to a new password")
    func notMe() async throws {
        let house = try await Self.house()
        _ = try await house.person()
        _ = try await Self.signedIn(house)
        house.clock.advance(60)
        let thief = try await Self.signedIn(house, from: "203.0.113.9")
        let notice = try await house.latestMail(to: "ada@example.org", leading: "/not-me/")
        let path = try #require(notice.paths.first { $0.hasPrefix("/not-me/") })
        let anywhere = house.browser(from: "198.51.100.20")
        let page = await anywhere.get(path)
        #expect(page.status == 200 && !page.text.contains("new password"))
        #expect(await anywhere.post(page, [:]).location == "/sign-in")
        #expect(await thief.get("/account").status != 200)
        #expect(try await house.mail().allSatisfy { !$0.message.contains("/recovery") })
    }

    @Test("A change of address is taken back without a word of a new password", arguments: [true, false])
    func addressUndo(isMade: Bool) async throws {
        let house = try await Self.house()
        _ = try await house.person()
        let browser = try await Self.signedIn(house)
        await AddressJourney.ask(browser)
        if isMade {
            let mail = try await house.latestMail(to: AddressJourney.new, leading: "/address-change/")
            let link = try #require(mail.paths.first)
            #expect(await browser.submit(await browser.get(link), [:]).status == 200)
        }
        let notice = try await house.latestMail(to: "ada@example.org", leading: "/address-undo/")
        let undo = try #require(notice.paths.first { $0.hasPrefix("/address-undo/") })
        let reader = house.browser(from: "192.0.2.9")
        let done = await reader.submit(await reader.get(undo), [:])
        #expect(done.status == 200 && done.text.contains("href=\"/sign-in\""))
        #expect(!done.text.contains("/recovery") && !done.text.contains("new password"))
    }

    @Test("The mail to somebody whom links are not for leads to the sign-in page alone")
    func notForYou() async throws {
        let house = try await Self.house(policy: .roles)
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.submit(await browser.get("/sign-in"), ["email": "ada@example.org"], action: "/magic-link")
        let mail = try await house.latestMail(to: "ada@example.org")
        #expect(mail.code == nil && mail.paths == ["/sign-in"] && !mail.message.contains("/recovery"))
    }

    @Test("Staff start no recovery either")
    func staff() async throws {
        let house = try await Self.house()
        let ada = try await house.person()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let browser = try await Self.signedIn(house, "root@example.org")
        let page = await browser.get("/admin/people/\(ada.id)")
        #expect(page.status == 200 && !page.text.contains("/recovery"))
        let answer = await browser.forge(page, ["reason": "forgot it"], to: "/admin/people/\(ada.id)/recovery")
        #expect(answer.status == 422)
        #expect(house.audit.count(.recoveryStarted) == 0)
        #expect(try await house.mail(to: "ada@example.org").isEmpty)
    }
}

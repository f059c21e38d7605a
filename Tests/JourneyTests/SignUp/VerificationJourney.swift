import Identity
import JSON
import OAuth
import TestSupport
import Testing

@testable import Web
@testable import martlet

@Suite("Proving the address of an account")
struct VerificationJourney {
    @Test("B023: a right password opens no session until the address is proven; then the app gets its answer")
    func forAnApp() async throws {
        let house = try await TestHouse()
        let grace = try await house.unprovenPerson()
        let browser = house.browser()
        let waiting = await browser.signIn(await browser.visit(TestApp.app.request()), "grace@example.org")
        #expect(waiting.target.hasPrefix("/verification/code?request=") && waiting.heading == "Confirm your address")
        #expect(browser.cookies["martlet-session"] == nil)
        let handle = try #require(waiting.handle)
        #expect(await browser.visit("/authorize/continue?request=\(handle)").target.hasPrefix("/sign-in?"))
        #expect(await browser.visit("/account").target.hasPrefix("/sign-in"))
        #expect(house.audit.count(.signIn) == 0)

        let (path, code) = try await house.mailed(.verification)
        #expect(path.hasPrefix("/verification/mml_") && path.hasSuffix("?request=\(handle)"))
        let answer = await browser.type(code, on: waiting)
        let tokens = try TestTokens(
            await TestApp.app.exchange(try #require(answer.answer["code"]), at: house.reception))
        #expect(try TestTokens.claims(tokens.id)["sub"] == .string(grace.id))
        #expect(await TestApp.userInfo(tokens.access, at: house.reception)["email_verified"] == true)
        #expect(house.audit.count(.addressVerified) == 1 && house.audit.count(.signIn) == 1)
        #expect(try await house.letters(.welcome).count == 1)
        let later = house.browser(from: "192.0.2.9")
        #expect(await later.signIn(await later.get("/sign-in"), "grace@example.org").target == "/account")
        #expect(try await house.letters(.welcome).count == 1, "B073: once")
    }

    @Test("B052: by the link in the same browser, on to the page that was asked for")
    func byLink() async throws {
        let house = try await TestHouse()
        _ = try await house.unprovenPerson()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in?next=%2Faccount%2Fpassword"), "grace@example.org")
        let page = await browser.get(try await house.mailed(.verification).path)
        #expect(page.heading == "Confirm your address" && !page.text.contains("id=\"password\""))
        #expect(await browser.submit(page, [:]).target == "/account/password")
    }

    @Test("ML9: the link elsewhere takes the account over: the old password and what hung on it are worth nothing")
    func claimed() async throws {
        let house = try await TestHouse()
        let grace = try await house.unprovenPerson()
        let squatter = house.browser(from: "192.0.2.66")
        let waiting = await squatter.signIn(await squatter.visit(TestApp.app.request()), "grace@example.org")
        let (path, code) = try await house.mailed(.verification)

        let owner = house.browser()
        let page = await owner.get(path)
        #expect(page.text.contains("another browser") && page.value(of: "name") == nil)
        #expect(await owner.submit(page, ["password": "short"]).status == 422)
        #expect(await owner.submit(page, ["password": "quiet rivers at midnight"]).target == "/account")
        #expect(try await house.store.account(id: grace.id)?.isEmailVerified == true)

        #expect(await squatter.type(code, on: waiting).status == 404)
        let form = await squatter.get("/sign-in")
        #expect(await squatter.signIn(form, "grace@example.org").status == 422)
        #expect(squatter.cookies["martlet-session"] == nil)
        #expect(try await house.store.sessions(of: grace.id, at: house.clock.now).count == 1)
        #expect(try await house.store.isKnown(browser: #require(browserDigest(owner)), of: grace.id))
        #expect(try await !house.store.isKnown(browser: #require(browserDigest(squatter)), of: grace.id))
    }

    private func browserDigest(_ browser: TestBrowser) -> TokenDigest? {
        browser.cookies["martlet-browser"].flatMap { OpaqueToken(.browser, presented: $0) }?.digest
    }

    @Test("PW10: a wrong password says the same of an unproven account, and nothing is sent")
    func wrongPassword() async throws {
        let house = try await TestHouse()
        _ = try await house.unprovenPerson()
        _ = try await house.person("ada@example.org")
        var texts: Set<String> = []
        for (number, address) in ["grace@example.org", "ada@example.org", "nobody@example.org"].enumerated() {
            let browser = house.browser(from: "192.0.2.\(number)")
            let page = await browser.signIn(await browser.get("/sign-in"), address, password: "not the password")
            #expect(page.status == 422)
            texts.insert(page.text.components(separatedBy: "error-summary")[1].prefix(120).description)
        }
        #expect(texts.count == 1)
        #expect(try await house.letters().isEmpty)
    }

    @Test(
        "SE6, ML4: a new password and a disabled account end the link", arguments: ["password", "disabled", "deleted"])
    func ended(how: String) async throws {
        let house = try await TestHouse()
        let grace = try await house.unprovenPerson()
        let browser = house.browser()
        let waiting = await browser.signIn(await browser.get("/sign-in"), "grace@example.org")
        let (path, code) = try await house.mailed(.verification)
        switch how {
        case "password":
            let letter = SealedLetter(
                id: "news", kind: .passwordChanged, accountID: grace.id, sealed: [1], createdAt: house.clock.now,
                expiresAt: house.clock.now + 600, isBlank: false)
            let elsewhere = Arrival(
                visitor: Visitor(browser: TokenDigest(bytes: Array(repeating: 1, count: 32)), device: "", address: ""),
                presentedSession: nil,
                authorization: nil)
            let opened = try #require(
                try await house.reception.rooms.sessions.open(
                    for: grace, method: "pwd", from: elsewhere,
                    at: house.clock.now))
            let replacement = PasswordReplacement(
                from: grace.passwordHash, to: "quick:other",
                keeping: KeptSession(opened.session, as: opened.session.secret), endsOthers: true)
            _ = try await house.store.changePassword(replacement, mailing: letter, at: house.clock.now)
        case "disabled": _ = try await house.store.setStatus(.disabled, of: grace.id, at: house.clock.now)
        default:
            _ = try await house.store.database.change {
                try $0.execute("DELETE FROM accounts WHERE id = $1", [.text(grace.id)])
            }
        }
        #expect(await browser.get(path).status == 404)
        #expect(await browser.type(code, on: waiting).status == 404)
        #expect(browser.cookies["martlet-session"] == nil)
    }

    @Test("An unproven person who keeps signing in gets the mails that the limits allow, and the same page")
    func limits() async throws {
        let house = try await TestHouse()
        _ = try await house.unprovenPerson()
        let browser = house.browser()
        for _ in 0..<8 {
            let page = await browser.signIn(await browser.get("/sign-in"), "grace@example.org")
            #expect(page.target == "/verification/code")
            house.clock.advance(31)
        }
        #expect(try await house.letters(.verification).count == 4)
    }
}

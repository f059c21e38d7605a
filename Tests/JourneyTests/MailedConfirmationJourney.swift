import Identity
import OAuth
import Storage
import Testing
import Web

@testable import martlet

@Suite("Confirming by a mailed code, and a first password")
struct MailedConfirmationJourney {
    /// Signed in, without a password, and too long ago for what is sensitive.
    private func signedIn(_ house: TestHouse, from peer: String = "192.0.2.1") async throws -> TestBrowser {
        let browser = house.browser(from: peer)
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        _ = try await house.store.database.change {
            try $0.execute("UPDATE accounts SET password_hash = NULL WHERE canonical_email = 'ada@example.org'", [])
        }
        house.clock.advance(301)
        return browser
    }

    /// As far as the page with the code.
    private func ask(_ browser: TestBrowser, for path: String = "/account/password") async -> TestPage {
        await browser.submit(await browser.visit(path), [:], action: "/account/confirm/mail")
    }

    @Test("A code from the mailbox stands in for the password, and leads back to a first password (B018, B093)")
    func firstPassword() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = try await signedIn(house)
        let page = await ask(browser)
        #expect(page.heading == "Check your mail" && page.target.hasPrefix("/account/confirm/code"))
        let mail = try #require(try await house.mail(to: "ada@example.org").last { $0.code != nil })
        #expect(mail.paths.isEmpty)
        let form = await browser.submit(page, ["code": mail.code])
        #expect(form.target == "/account/password" && form.heading == "Set a password")
        #expect(form.value(of: "current") == nil)
        #expect(await browser.post(form, ["password": "short"]).status == 422)
        let done = await browser.post(form, ["password": RecoveryJourney.new])
        #expect(done.status == 200 && done.text.contains("You have a password now"))
        #expect(house.audit.events.last { $0.kind == .passwordChanged }?.details["how"] == "first")
        #expect(try await house.mail(to: "ada@example.org").contains { $0.paths == ["/recovery"] })
        let other = house.browser(from: "192.0.2.2")
        let signIn = await other.signIn(await other.get("/sign-in"), "ada@example.org", password: RecoveryJourney.new)
        #expect(signIn.target == "/account")
        #expect(try await house.store.signInMethods(of: ada.id).map(\.method).contains(MailedConfirmation.method))
    }

    @Test("Without it nothing is set, however the steps are reordered (B018, PW12)")
    func notFresh() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = try await signedIn(house)
        let account = await browser.get("/account")
        for values in [
            ["password": RecoveryJourney.new], ["password": RecoveryJourney.new, "current": "", "code": "x"],
        ] {
            let reply = await browser.forge(account, values, to: "/account/password")
            #expect(reply.location == "/account/confirm?next=%2Faccount%2Fpassword")
        }
        for code in ["", "AAAA-AAAA", "x"] {
            let reply = await browser.forge(account, ["code": code], to: "/account/confirm/code")
            #expect(reply.status == 422 && reply.cookies.isEmpty)
        }
        #expect(try await house.store.account(id: ada.id)?.passwordHash == nil)
    }

    @Test("The code is good once, in the browser that asked, for its own session (ML1, ML8)")
    func bound() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let eve = try await house.person("eve@example.org")
        let other = house.browser(from: "192.0.2.2")
        _ = await other.signIn(await other.get("/sign-in"), "eve@example.org")
        let browser = try await signedIn(house)
        let page = await ask(browser)
        let code = try #require(try await house.mail(to: "ada@example.org").compactMap(\.code).last)
        let foreign = await other.forge(await other.get("/account"), ["code": code], to: "/account/confirm/code")
        #expect(foreign.status == 422)
        #expect(await browser.post(page, ["code": code]).status == 303)
        house.clock.advance(301)
        #expect(await browser.post(page, ["code": code]).status == 422)
        #expect(try await house.store.account(id: eve.id)?.passwordHash != nil)
    }

    @Test("Five wrong codes, and that mail is worth nothing any more (ML8)")
    func locked() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = try await signedIn(house)
        let page = await ask(browser)
        let code = try #require(try await house.mail(to: "ada@example.org").compactMap(\.code).last)
        for _ in 1...5 { #expect(await browser.post(page, ["code": "AAAA-AAAA"]).status == 422) }
        let late = await browser.post(page, ["code": code])
        #expect(late.status == 422 && late.text.contains("too many wrong codes"))
    }

    @Test("Whoever has a password is asked for that, and gets no code (PW11)")
    func withPassword() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let account = await browser.get("/account")
        house.clock.advance(301)
        let reply = await browser.forge(account, [:], to: "/account/confirm/mail")
        #expect(reply.location == "/account/confirm?next=%2Faccount")
        #expect(try await house.mail().allSatisfy { $0.code == nil })
    }
}

import OAuth
import Testing

@testable import Web

@Suite("Proving a second factor")
struct SecondFactorJourney {
    @Test("From the app by password and a code of the authenticator back to the app")
    func toTheApp() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let factors = try await house.addApp()
        let browser = house.browser()
        let page = await browser.halfSignedIn(to: TestApp.app.request())
        #expect(page.target.hasPrefix("/second-factor?request=") && page.status == 200)
        #expect(page.text.contains("autocomplete=\"one-time-code\"") && page.text.contains("inputmode=\"numeric\""))
        let code = factors.authenticator.code(at: house.clock.now)
        let answer = await browser.follow(await browser.prove(code, on: page))
        #expect(answer.answer["code"] != nil)
        let event = try #require(house.audit.events.last { $0.kind == .factorProven })
        #expect(event.details["factor"] == "totp")
    }

    @Test("A backup code does as well, and once (MF3)")
    func backupCode() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let code = try #require(try await house.addApp().backupCodes.first)
        let browser = house.browser()
        _ = await browser.halfSignedIn()
        let page = await browser.get("/second-factor/backup-code")
        #expect(!page.text.contains("name=\"remember\""))
        #expect(await browser.prove(code, as: "backup-code", on: page).location == "/account")
        let other = house.browser(from: "192.0.2.2")
        _ = await other.halfSignedIn()
        let again = await other.prove(code, as: "backup-code", on: await other.get("/second-factor/backup-code"))
        #expect(again.status == 422)
        #expect(await other.get("/account").status == 303)
    }

    @Test("A code by mail is sent by a form alone; asking again leads to the same page (B112)")
    func mailCode() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.addMailCode()
        let browser = house.browser()
        let page = await browser.halfSignedIn()
        let before = try await house.mail().count
        _ = await browser.get("/second-factor/mail")
        _ = await browser.get("/second-factor/mail?sent=1")
        #expect(await browser.get("/second-factor/mail/send").status == 405)
        #expect(try await house.mail().count == before)
        for _ in 0..<8 {
            let sent = await browser.post(page, [:], action: "/second-factor/mail/send")
            #expect(sent.location == "/second-factor/mail?sent=1")
        }
        let asked = await browser.get("/second-factor/mail?sent=1")
        #expect(asked.text.contains("a…@example.org") && !asked.text.contains("ada@example.org"))
        let code = try #require(try await house.latestMail(to: "ada@example.org").code)
        #expect(await browser.prove(code, as: "mail", on: asked).location == "/account")
    }

    @Test("B109: whoever came in by the mailbox is not offered a code by mail, and none does")
    func mailboxTwice() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let codes = try await house.addMailCode()
        let browser = house.browser()
        let sent = await browser.askForLink()
        let link = try await house.link()
        let page = await browser.submit(sent, ["code": link.code], action: "/magic-link/code")
        #expect(page.target == "/second-factor" && page.status == 200)
        #expect(!page.text.contains("/second-factor/mail"))
        #expect(await browser.get("/second-factor/mail").location == "/second-factor")
        let before = try await house.mail().count
        _ = await browser.forge(page, to: "/second-factor/mail/send")
        #expect(try await house.mail().count == before)
        let code = try #require(codes.first)
        #expect(await browser.prove(code, as: "backup-code", on: page).location == "/account")
    }

    @Test("MF7, MF8: what asks for a recent proof asks whoever has a factor for that, and remembers no browser for it")
    func stepUp() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let factors = try await house.addApp()
        let browser = house.browser()
        let first = await browser.halfSignedIn()
        #expect(first.text.contains("name=\"remember\""))
        _ = await browser.prove(factors.authenticator.code(at: house.clock.now), on: first)
        #expect(await browser.get("/second-factor").location == "/account", "nothing is left to prove")
        house.clock.advance(301)
        #expect(await browser.get("/account/address").location == "/second-factor?next=%2Faccount%2Faddress")
        #expect(
            await browser.get("/account/confirm?next=%2Faccount%2Faddress").location
                == "/second-factor?next=%2Faccount%2Faddress")
        let page = await browser.visit("/account/address")
        #expect(page.status == 200 && !page.text.contains("name=\"remember\""))
        let code = factors.authenticator.code(at: house.clock.now)
        let done = await browser.prove(code, on: page, remember: true)
        #expect(done.location == "/account/address" && browser.cookies["martlet-remembered"] == nil)
        #expect(await browser.get("/account/address").status == 200)
    }

    @Test("Whoever has no factor is asked as before, and nobody signed in is sent to sign in")
    func withoutFactor() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        #expect(await browser.get("/second-factor").location == "/account")
        house.clock.advance(301)
        #expect(await browser.get("/account/address").location == "/account/confirm?next=%2Faccount%2Faddress")
        #expect(await browser.get("/second-factor?next=%2Faccount%2Faddress").location == "/account/address")
        let stranger = house.browser()
        #expect(
            await stranger.get("/second-factor?next=%2Faccount%2Faddress").location
                == "/sign-in?next=%2Faccount%2Faddress")
    }
}

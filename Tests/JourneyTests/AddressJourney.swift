import Foundation
import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Another e-mail address")
struct AddressJourney {
    static let new = "ada@new.example"

    static func signedIn(
        _ house: TestHouse, _ email: String = "ada@example.org", from peer: String = "192.0.2.1"
    ) async -> TestBrowser {
        let browser = house.browser(from: peer)
        _ = await browser.signIn(await browser.get("/sign-in"), email)
        return browser
    }

    /// As far as the page with the code.
    @discardableResult
    static func ask(_ browser: TestBrowser, for address: String = new) async -> TestPage {
        await browser.submit(await browser.get("/account/address"), ["email": address])
    }

    @Test("The old address counts until the new one is proven; then the new one alone (B067, B076, ML10)")
    func byLink() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await Self.signedIn(house)
        let other = await Self.signedIn(house, from: "192.0.2.2")
        let sent = await Self.ask(browser)
        #expect(sent.heading == "Check your mail" && sent.text.contains(Self.new))
        let third = house.browser(from: "192.0.2.3")
        #expect(await third.signIn(await third.get("/sign-in"), Self.new).status == 422)
        #expect(await third.signIn(await third.get("/sign-in"), "ada@example.org").target == "/account")
        let link = try #require(try await house.latestMail(to: Self.new, leading: "/address-change/").paths.first)
        let page = await browser.get(link)
        #expect(page.heading == "Use this address from now on?" && page.header("Referrer-Policy") == "no-referrer")
        let done = await browser.submit(page, [:])
        #expect(done.status == 200 && done.text.contains(Self.new))
        #expect(await browser.get("/account").text.contains(Self.new))
        #expect(await other.visit("/account").target.hasPrefix("/sign-in"))
        let late = house.browser(from: "192.0.2.4")
        #expect(await late.signIn(await late.get("/sign-in"), "ada@example.org").status == 422)
        #expect(await late.signIn(await late.get("/sign-in"), Self.new).target == "/account")
        let mails = try await house.mail(to: "ada@example.org")
        #expect(mails.count { $0.paths.contains { $0.hasPrefix("/address-undo/mau_") } } == 2)
        #expect(house.audit.count(.addressChanged) == 1)
    }

    @Test("By the code, on the browser that asked; others stay signed in when the box is not ticked (ML10)")
    func byCode() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await Self.signedIn(house)
        let other = await Self.signedIn(house, from: "192.0.2.2")
        let sent = await Self.ask(browser)
        let code = try #require(try await house.latestMail(to: Self.new, leading: "/address-change/").code)
        #expect(await other.submit(await other.get("/account/address/confirm"), ["code": code]).status == 422)
        #expect(await browser.submit(sent, ["code": "AAAA-AAAA"]).status == 422)
        let done = await browser.submit(sent, ["code": code, "end_others": nil])
        #expect(done.status == 200 && done.text.contains(Self.new))
        #expect(await other.get("/account").text.contains(Self.new))
        #expect(await browser.submit(sent, ["code": code]).status == 422)
    }

    @Test("Whoever left a browser open leaves no way to another address: the person proves it again first (ML10, B093)")
    func freshness() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await Self.signedIn(house)
        let form = await browser.get("/account/address")
        house.clock.advance(301)
        #expect(await browser.get("/account/address").location == "/account/confirm?next=%2Faccount%2Faddress")
        let late = await browser.post(form, ["email": Self.new])
        #expect(late.location == "/account/confirm?next=%2Faccount%2Faddress")
        #expect(try await house.mail(to: Self.new).isEmpty)
        let anonymous = house.browser(from: "192.0.2.9")
        #expect(await anonymous.get("/account/address").location == "/sign-in?next=%2Faccount%2Faddress")
    }

    @Test(
        "What is no new address is refused at the field (ML6)",
        arguments: [
            "", "ada", "ada@example.org", "ADA@Example.org", "a@b.example, c@d.example", "ada＠new.example",
            "\"a\"@new.example",
        ])
    func malformed(typed: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await Self.signedIn(house)
        let page = await browser.post(await browser.get("/account/address"), ["email": typed])
        #expect(page.status == 422 && page.text.contains("id=\"email-error\""))
        #expect(page.value(of: "email") == typed)
        #expect(try await house.mail(to: Self.new).isEmpty)
    }

    @Test("A taken address is answered like a free one; its holder is told, and nobody gets a link (PW10, ML10)")
    func taken() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        let browser = await Self.signedIn(house)
        let free = await browser.post(await browser.get("/account/address"), ["email": Self.new])
        house.clock.advance(1)
        let taken = await browser.post(await browser.get("/account/address"), ["email": "bob@example.org"])
        #expect(free.status == taken.status && free.location == taken.location)
        let pages = [await browser.follow(taken)].map { $0.text.replacing("bob@example.org", with: "") }
        house.clock.advance(31)
        let again = await Self.ask(browser).text.replacing(Self.new, with: "")
        #expect(pages == [again])
        let told = try await house.mail(to: "bob@example.org")
        #expect(told.count == 1 && told.allSatisfy { $0.code == nil && !$0.text.contains("mml_") })
        let notices = try await house.mail(to: "ada@example.org")
        #expect(notices.count { $0.paths.contains { $0.hasPrefix("/address-undo/") } } == 3)
    }

    @Test("ML7: nobody sends mail around through a form of their own: five addresses an hour, and the page is the same")
    func bombing() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await Self.signedIn(house)
        for number in 1...12 {
            let sent = await Self.ask(browser, for: "victim\(number)@new.example")
            #expect(sent.heading == "Check your mail", "\(number)")
        }
        let addresses = Set(try await house.mail().map(\.to)).filter { $0.hasSuffix("@new.example") }
        #expect(addresses.count == 5)
        #expect(try await house.mail(to: "ada@example.org").count == 5)
        let held = house.audit.events.filter { $0.kind == .mailProofAsked && $0.details["result"] == "mail-account" }
        #expect(held.count == 7)
    }

    @Test("A link is of use to its own person alone, signed in; a stranger's click gives nothing away (ML2, ML10)")
    func strangers() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        _ = try await house.person("bob@example.org")
        let browser = await Self.signedIn(house)
        await Self.ask(browser)
        let link = try #require(try await house.latestMail(to: Self.new, leading: "/address-change/").paths.first)
        let bob = await Self.signedIn(house, "bob@example.org", from: "192.0.2.2")
        #expect(await bob.get(link).status == 404)
        #expect(await bob.forge(await bob.get("/account"), to: link).status == 404)
        let nobody = house.browser(from: "192.0.2.3")
        let page = await nobody.get(link)
        #expect(page.status == 401 && page.heading == "Sign in first")
        let other = await nobody.get("/address-change/x")
        let (reference, another) = (try #require(page.reference), try #require(other.reference))
        #expect(other.text.replacing(another, with: reference) == page.text)
        #expect(await nobody.forge(await nobody.get("/sign-in"), to: link).status == 401)
        #expect(try await house.store.account(id: ada.id)?.email.typed == "ada@example.org")
        #expect(await browser.submit(await browser.get(link), [:]).status == 200)
    }

    @Test("A new password, another change and the end of ten minutes kill a link (ML4, ML10)", arguments: 0..<3)
    func outdated(event: Int) async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = await Self.signedIn(house)
        await Self.ask(browser)
        let link = try #require(try await house.latestMail(to: Self.new, leading: "/address-change/").paths.first)
        switch event {
        case 0:
            let form = await browser.get("/account/password")
            _ = await browser.post(form, ["current": TestHouse.password, "password": RecoveryJourney.new])
        case 1:
            house.clock.advance(31)
            await Self.ask(browser, for: "second@new.example")
            let second = try #require(
                try await house.latestMail(to: "second@new.example", leading: "/address-change/").paths.first)
            #expect(await browser.submit(await browser.get(second), [:]).status == 200)
        default: house.clock.advance(600)
        }
        #expect(await browser.get(link).status == 404)
        #expect(await browser.forge(await browser.get("/account"), to: link).status == 404)
        let address = try await house.store.account(id: ada.id)?.email.typed
        #expect(address == (event == 1 ? "second@new.example" : "ada@example.org"))
    }

    @Test("The old mailbox takes the change back for seven days, without a session, and once (ML10)")
    func undone() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let thief = await Self.signedIn(house, from: "198.51.100.66")
        let tokens = try await house.tokens(for: .app, in: thief, ["scope": "openid offline_access"])
        await Self.ask(thief)
        let link = try #require(try await house.latestMail(to: Self.new, leading: "/address-change/").paths.first)
        #expect(await thief.submit(await thief.get(link), [:]).status == 200)
        let notice = try await house.latestMail(to: "ada@example.org", leading: "/address-undo/")
        let undo = try #require(notice.paths.first)
        house.clock.advance(7 * 86_400 - 60)
        let browser = house.browser()
        for _ in 1...3 { #expect(await browser.get(undo).status == 200) }
        #expect(try await house.store.account(id: ada.id)?.email.typed == Self.new)
        let page = await browser.get(undo)
        #expect(page.header("Referrer-Policy") == "no-referrer" && page.text.contains("ada@example.org"))
        let done = await browser.submit(page, [:])
        #expect(done.status == 200 && done.text.contains("/recovery"))
        #expect(try await house.store.account(id: ada.id)?.email.typed == "ada@example.org")
        #expect(await thief.visit("/account").target.hasPrefix("/sign-in"))
        #expect(await thief.signIn(await thief.get("/sign-in"), "ada@example.org").status == 422)
        #expect(try await house.store.account(id: ada.id)?.passwordHash == nil)
        let refreshed = await TestApp.app.refresh(try #require(tokens.refresh), at: house.reception)
        #expect(refreshed.error == "invalid_grant")
        #expect(await browser.get(undo).status == 404)
        #expect(await browser.post(page, [:]).status == 404)
        #expect(house.audit.count(.addressRestored) == 1 && house.audit.count(.addressUndoRefused) == 1)
        #expect(try await house.mail(to: Self.new).contains { $0.text.contains("undone") })
    }

    @Test(
        "The mail that tells of the request stops it, or takes it back if it is made by then (ML10)",
        arguments: [false, true])
    func stopped(isMade: Bool) async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let thief = await Self.signedIn(house, from: "198.51.100.66")
        await Self.ask(thief)
        let stop = try #require(
            try await house.latestMail(to: "ada@example.org", leading: "/address-undo/").paths.first {
                $0.hasPrefix("/address-undo")
            })
        let link = try #require(try await house.latestMail(to: Self.new, leading: "/address-change/").paths.first)
        if isMade { _ = await thief.submit(await thief.get(link), [:]) }
        let browser = house.browser()
        #expect(await browser.submit(await browser.get(stop), [:]).status == 200)
        #expect(try await house.store.account(id: ada.id)?.email.typed == "ada@example.org")
        // With the change it was made by, the password is taken back, too.
        let again = await Self.signedIn(house, from: "198.51.100.66")
        #expect(await again.get("/account").status == (isMade ? 303 : 200))
        #expect(await again.get(link).status == (isMade ? 401 : 404))
        #expect(await again.forge(await again.get(isMade ? "/sign-in" : "/account"), to: link).status >= 400)
        #expect(try await house.store.account(id: ada.id)?.email.typed == "ada@example.org")
    }

    @Test("An address that is somebody else's by now is not given back (ML10)")
    func givenAway() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await Self.signedIn(house)
        await Self.ask(browser)
        let link = try #require(try await house.latestMail(to: Self.new, leading: "/address-change/").paths.first)
        _ = await browser.submit(await browser.get(link), [:])
        let undo = try #require(
            try await house.latestMail(to: "ada@example.org", leading: "/address-undo/").paths.first)
        _ = try await house.person()
        let reader = house.browser(from: "192.0.2.7")
        let page = await reader.submit(await reader.get(undo), [:])
        #expect(page.status == 409)
        #expect(await browser.get("/account").text.contains(Self.new))
    }

    @Test(
        "Mutilated and foreign links to the way back lead to one page",
        arguments: [
            "x", "mau_", "mau_" + String(repeating: "A", count: 43), "mml_" + String(repeating: "A", count: 43),
        ])
    func deadUndo(token: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        #expect(await browser.get("/address-undo/" + token).status == 404)
        #expect(await browser.forge(form, to: "/address-undo/" + token).status == 404)
    }
}

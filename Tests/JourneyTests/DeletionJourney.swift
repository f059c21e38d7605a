import Identity
import OAuth
import TestSupport
import Testing

@testable import Web

@Suite("Leaving, and coming back")
struct DeletionJourney {
    private static let day: Int64 = 86_400

    private func left(_ change: (TestHouse, TestBrowser) async throws -> Void = { _, _ in }) async throws
        -> (house: TestHouse, browser: TestBrowser, ada: Account)
    {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = await house.browser().signedIn()
        try await change(house, browser)
        let done = await browser.submit(
            await browser.get("/account/delete"), ["sure": "yes"], action: "/account/delete")
        #expect(done.heading == "Your account is deleted" && done.text.contains("30 days"))
        return (house, browser, ada)
    }

    private func account(_ house: TestHouse, _ ada: Account) async throws -> Account {
        try #require(try await house.store.account(id: ada.id))
    }

    @Test(
        "B029, B126, SE6: sessions, tokens and codes die at once, everywhere, and a mail says until when one can return"
    )
    func leaving() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let (browser, other) = (await house.browser().signedIn(), await house.browser(from: "192.0.2.2").signedIn())
        let sibling = try await house.sibling()
        let offline = try await house.tokens(for: .shop, in: other, ["scope": "openid offline_access"])
        let code = try await house.code(for: .bank, in: browser)
        _ = await browser.submit(await browser.get("/account/delete"), ["sure": "yes"], action: "/account/delete")
        #expect(browser.cookies["martlet-session"] == nil)
        for reception in [house.reception, sibling] {
            #expect(await other.moved(to: reception).visit("/account").target == "/sign-in")
            #expect(await TestApp.shop.introspect(offline.access, at: reception).isActive == false)
            #expect(await TestApp.shop.refresh(offline.refresh ?? "", at: reception).error == "invalid_grant")
            #expect(await TestApp.userInfo(offline.access, at: reception).status == 401)
            #expect(await TestApp.bank.exchange(code, at: reception).error == "invalid_grant")
        }
        let after = try await account(house, ada)
        #expect(after.status == .disabled && after.deletion == Deletion(time: house.clock.now, actor: .person))
        #expect(try await house.posted(about: ada) == [.deletionPlanned, .signInNotice], "of the other browser")
        #expect(house.audit.count(.accountDeleted) == 1)
    }

    @Test("B126: without the tick, without a fresh proof, or by GET nothing is deleted")
    func refused() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = await house.browser().signedIn()
        let page = await browser.get("/account/delete?sure=yes")
        #expect(page.status == 200)
        for sure in ["", "no", "YES", nil] {
            let answer = await browser.post(page, ["sure": sure], action: "/account/delete")
            #expect(answer.status == 422 && answer.text.contains("id=\"sure-error\""))
        }
        house.clock.advance(301)
        let late = await browser.post(page, ["sure": "yes"], action: "/account/delete")
        #expect(late.location == "/account/confirm?next=%2Faccount%2Fdelete")
        #expect(await browser.visit("/account/delete").heading == "Confirm it is you")
        #expect(try await account(house, ada).deletion == nil && house.audit.count(.accountDeleted) == 0)
    }

    @Test("The last administrator stays, until somebody else is one")
    func lastAdministrator() async throws {
        let house = try await TestHouse()
        let ada = try await house.person(roles: [.administrator])
        let grace = try await house.person("grace@example.org", roles: [.administrator])
        _ = try await house.store.setStatus(.disabled, of: grace.id, at: house.clock.now)
        let browser = await house.browser().signedIn()
        let page = await browser.submit(
            await browser.get("/account/delete"), ["sure": "yes"], action: "/account/delete")
        #expect(page.status == 422 && page.text.contains("You are the only administrator."))
        #expect(try await account(house, ada).deletion == nil)
        try await house.expect(
            page, Explained(.policy, "nobody who can administer", "another active", "martlet admin create"))
        _ = try await house.store.setStatus(.active, of: grace.id, at: house.clock.now)
        #expect(
            await browser.submit(page, ["sure": "yes"], action: "/account/delete").heading == "Your account is deleted")
    }

    @Test("B029: signing in asks whether to come back; saying so brings everything back but what was ended")
    func comingBack() async throws {
        let (house, browser, ada) = try await left { _, browser in
            let page = await browser.get("/account/profile")
            _ = await browser.post(page, ["username": "ada"], action: "/account/profile")
        }
        house.clock.advance(29 * Self.day)
        let asked = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        #expect(asked.status == 200 && asked.heading == "Come back?" && browser.cookies["martlet-session"] == nil)
        #expect(try await account(house, ada).deletion != nil, "asking changes nothing")
        let back = await browser.submit(asked, [:], action: "/come-back")
        #expect(back.target == "/account" && back.text.contains("ada@example.org"))
        let after = try await account(house, ada)
        #expect(after.status == .active && after.deletion == nil && after.profile.preferredUsername == "ada")
        #expect(house.audit.count(.accountRestored) == 1)
        #expect(try await house.posted(about: ada) == [.deletionPlanned, .accountRestored])
    }

    @Test(
        "An operator closes the way back: the offer on the screen and a new sign-in are refused",
        arguments: [false, true])
    func wayBackClosed(deleting: Bool) async throws {
        let (house, browser, ada) = try await left()
        let asked = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        #expect(asked.heading == "Come back?")
        let change: AdministrativeChange = deleting ? .delete : .disable
        let outcome = try await house.store.change(
            change, of: account(house, ada), mailing: [], at: house.clock.now)
        guard case .changed = outcome else {
            Issue.record("not changed")
            return
        }
        #expect(await browser.submit(asked, [:], action: "/come-back").heading != "Your account")
        let again = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        #expect(again.heading != "Come back?" && browser.cookies["martlet-session"] == nil)
        #expect(try await account(house, ada).status == .disabled)
        #expect(house.audit.count(.accountRestored) == 0)
    }

    @Test("The paused request of an app goes on after coming back (B008)")
    func forApp() async throws {
        let (_, browser, _) = try await left()
        let asked = await browser.signIn(await browser.visit(TestApp.app.request()), "ada@example.org")
        #expect(asked.heading == "Come back?")
        let policy = asked.header("Content-Security-Policy") ?? ""
        #expect(policy.contains("form-action 'self' https://app.example"), "the button leads to the app")
        #expect(await browser.submit(asked, [:], action: "/come-back").answer["code"] != nil)
    }

    @Test("WB3: without an app, or with the request of another browser, the page's forms lead nowhere else")
    func formTargets() async throws {
        let (house, browser, _) = try await left()
        let other = await house.browser(from: "192.0.2.2").visit(TestApp.app.request())
        let form = await browser.get("/sign-in")
        let values = ["email": "ada@example.org", "password": TestHouse.password]
        let pages = [
            await browser.post(form, values),
            await browser.post(form, values.merging(["next": "/account/data"]) { $1 }),
            await browser.post(form, values.merging(["next": "//evil.example"]) { $1 }),
        ]
        for page in pages {
            #expect(page.heading == "Come back?")
            #expect(page.header("Content-Security-Policy")?.hasSuffix("form-action 'self'") == true)
        }
        let foreign = await browser.post(form, values.merging(["request": other.handle ?? ""]) { $1 })
        #expect(foreign.status == 400 && !foreign.text.contains("app.example"))
    }

    @Test("B088: GET brings nothing back, and an offer is good once, for ten minutes, in its own browser")
    func offers() async throws {
        let (house, browser, ada) = try await left()
        let asked = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let fields = try #require(asked.forms.first { $0.action == "/come-back" }?.fields)
        #expect(
            await browser.get("/come-back?" + FormEncoding.encode(fields.map { (name: $0.key, value: $0.value) }))
                .status == 405)
        let other = house.browser(from: "192.0.2.2")
        let csrf = try #require(await other.get("/sign-in").forms.first?.fields["csrf"])
        #expect(await other.post(asked, ["csrf": csrf], action: "/come-back").status == 410)
        for change in [["offer": "mcb_x"], ["account": "x"], ["method": "email"], ["offer": nil]] as [[String: String?]]
        {
            #expect(await browser.post(asked, change, action: "/come-back").status == 410, "\(change)")
        }
        house.clock.advance(600)
        #expect(await browser.post(asked, [:], action: "/come-back").status == 410)
        #expect(try await account(house, ada).deletion != nil && house.audit.count(.accountRestored) == 0)
        let again = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        #expect(await browser.post(again, [:], action: "/come-back").status == 303)
        #expect(await browser.post(again, [:], action: "/come-back").status == 410, "spent")
    }

    @Test("ML10, SE6: a thief who moves the account and deletes it destroys no warning: its owner takes it back")
    func thief() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let thief = await house.browser(from: "192.0.2.66").signedIn()
        let sent = await AddressJourney.ask(thief, for: "thief@evil.example")
        let proof = try await house.mailed(.addressChange, to: "thief@evil.example")
        #expect(await thief.submit(sent, ["code": proof.code]).status == 200)
        let done = await thief.submit(
            await thief.get("/account/delete"), ["sure": "yes"], action: "/account/delete")
        #expect(done.heading == "Your account is deleted")
        #expect(try await house.letters(.addressChange).isEmpty)
        let kinds = Set(try await house.letters(to: "ada@example.org").map(\.kind))
        #expect(kinds.isSuperset(of: [.addressChanged, .addressChangeRequested, .deletionPlanned]))
        #expect(try await house.letters(.deletionPlanned, to: "thief@evil.example").count == 1)

        let owner = house.browser()
        let undo = try #require(
            try await house.latestMail(to: "ada@example.org", leading: "/address-undo/").paths.first {
                $0.hasPrefix("/address-undo/")
            })
        #expect(await owner.submit(await owner.get(undo), [:]).heading == "Your old address is back")
        let after = try await account(house, ada)
        #expect(after.email.canonical == "ada@example.org" && after.deletion != nil)
        _ = await RecoveryJourney.ask(owner)
        let link = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        _ = await owner.submit(await owner.get(link), ["password": RecoveryJourney.new])
        #expect(await thief.signIn(await thief.get("/sign-in"), "ada@example.org").status == 422)
        #expect(await thief.signIn(await thief.get("/sign-in"), "thief@evil.example").status == 422)
        let asked = await owner.signIn(
            await owner.get("/sign-in"), "ada@example.org", password: RecoveryJourney.new)
        #expect(await owner.submit(asked, [:], action: "/come-back").target == "/account")
    }

    @Test("SE6, PW12: who has an offer by the old password gets in with it no more after a reset")
    func offerAgainstReset() async throws {
        let (house, browser, ada) = try await left()
        let thief = house.browser(from: "192.0.2.66")
        let asked = await thief.signIn(await thief.get("/sign-in"), "ada@example.org")
        #expect(asked.heading == "Come back?")
        _ = await RecoveryJourney.ask(browser)
        let link = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        let set = await browser.submit(await browser.get(link), ["password": RecoveryJourney.new])
        #expect(set.heading == "Sign in")
        #expect(await thief.post(asked, [:], action: "/come-back").status == 410)
        #expect(thief.cookies["martlet-session"] == nil)
        #expect(try await account(house, ada).deletion != nil)
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).isEmpty)
        #expect(await thief.signIn(await thief.get("/sign-in"), "ada@example.org").status == 422)
        let mine = await browser.signIn(await browser.get("/sign-in"), "ada@example.org", password: RecoveryJourney.new)
        #expect(await browser.submit(mine, [:], action: "/come-back").target == "/account")
    }

    @Test("B023: coming back proves no address: whoever never proved theirs does that first, and is not signed in")
    func unproven() async throws {
        let house = try await TestHouse()
        let grace = try await house.unprovenPerson()
        _ = try await house.store.delete(grace.id, by: .person, mailing: [], at: house.clock.now)
        let browser = house.browser()
        let asked = await browser.signIn(await browser.get("/sign-in"), "grace@example.org")
        #expect(asked.heading == "Come back?")
        let page = await browser.submit(asked, [:], action: "/come-back")
        #expect(page.heading == "Confirm your address" && browser.cookies["martlet-session"] == nil)
        #expect(try await account(house, grace).deletion == nil)
        #expect(try await !account(house, grace).isEmailVerified)
        #expect(await browser.get("/account").location == "/sign-in")
        #expect(try await house.store.sessions(of: grace.id, at: house.clock.now).isEmpty)
        let code = try await house.mailed(.verification).code
        _ = await browser.type(code, on: page)
        #expect(await browser.get("/account").status == 200)
    }

    @Test("Of many who take the offer up at once one does (IN3)")
    func race() async throws {
        let (house, browser, _) = try await left()
        let sibling = try await house.sibling()
        let asked = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let won = await withTaskGroup(of: Int.self) { group in
            for number in 0..<10 {
                let copy = browser.moved(to: number.isMultiple(of: 2) ? house.reception : sibling)
                group.addTask { await copy.post(asked, [:], action: "/come-back").status }
            }
            return await group.reduce(0) { $1 == 303 ? $0 + 1 : $0 }
        }
        #expect(won == 1 && house.audit.count(.accountRestored) == 1)
    }

    @Test("PW10: a wrong password learns nothing of a deleted account: the page of one that nobody has")
    func wrongPassword() async throws {
        let (house, browser, _) = try await left()
        func page(_ email: String) async -> TestPage {
            await browser.signIn(await browser.get("/sign-in"), email, password: "not the password")
        }
        let (deleted, unknown) = (await page("ada@example.org"), await page("eva@example.org"))
        func shown(_ page: TestPage) -> String {
            // A passkey's challenge is another on each page.
            page.text.replacing(page.reference ?? "", with: "").replacing("eva@", with: "ada@")
                .replacing(/data-options="[^"]*"/, with: "")
        }
        #expect(deleted.status == 422 && shown(deleted) == shown(unknown) && house.audit.count(.accountRestored) == 0)
    }

    @Test("B029: after the time of grace, and from what an operator deleted, there is no way back")
    func tooLate() async throws {
        let (house, browser, ada) = try await left()
        let early = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        house.clock.advance(30 * Self.day)
        #expect(await browser.post(early, [:], action: "/come-back").status == 410)
        #expect(await browser.signIn(await browser.get("/sign-in"), "ada@example.org").status == 422)
        #expect(try await account(house, ada).deletion != nil)

        let bob = try await house.person("bob@example.org")
        _ = try await house.store.delete(bob.id, by: .operator, mailing: [], at: house.clock.now)
        #expect(await browser.signIn(await browser.get("/sign-in"), "bob@example.org").status == 422)
    }

    @Test("SE6: a deleted account is disabled: nobody confirms anything, and no app gets in by it")
    func elsewhere() async throws {
        let (_, browser, _) = try await left()
        #expect(await browser.visit("/account/confirm").target.hasPrefix("/sign-in"))
        #expect(await browser.visit(TestApp.app.request(["prompt": "none"])).answer["error"] == "login_required")
    }
}

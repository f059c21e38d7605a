import Identity
import OAuth
import Storage
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("Signing in by mail, to accounts that are not as they should be")
struct MagicLinkProofs {
    @Test("ML9, B023: a link proves an address that was never proven, and the password of before is nobody's")
    func unproven() async throws {
        let house = try await TestHouse.linking(.optIn)
        let grace = try await house.unprovenPerson()
        try await house.optIn(grace)
        let browser = house.browser()
        await browser.askForLink("grace@example.org")
        let path = try await house.link(to: "grace@example.org").path
        #expect(try await house.store.account(id: grace.id)?.isEmailVerified == false)
        #expect(await browser.enter(by: path).target == "/account")
        let after = try #require(try await house.store.account(id: grace.id))
        #expect(after.isEmailVerified && after.passwordHash == nil)
        #expect(try await house.store.preferences(of: grace.id) == Preferences(magicLinks: true))
        #expect(try await house.letters(.welcome, to: "grace@example.org").count == 1)
        #expect(house.audit.count(.addressVerified) == 1)
        let other = house.browser(from: "192.0.2.2")
        #expect(await other.signIn(await other.get("/sign-in"), "grace@example.org").status == 422)
        house.clock.advance(31)
        await other.askForLink("grace@example.org")
        #expect(await other.enter(by: try await house.link(to: "grace@example.org").path).target == "/account")
        #expect(try await house.letters(.welcome, to: "grace@example.org").count == 1, "once")
    }

    @Test("ML9: sessions and tokens of whoever set the account up before are dead")
    func squatter() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let squatter = house.browser(from: "203.0.113.66")
        let tokens = try await house.tokens(for: .app, in: squatter, ["scope": "openid offline_access"])
        _ = try await house.store.database.change {
            try $0.execute("UPDATE accounts SET email_verified = 0 WHERE canonical_email = 'ada@example.org'", [])
        }
        let browser = house.browser()
        await browser.askForLink()
        #expect(await browser.enter(by: try await house.link().path).target == "/account")
        #expect(await squatter.visit("/account").target == "/sign-in")
        #expect(await TestApp.app.refresh(tokens.refresh ?? "", at: house.reception).error == "invalid_grant")
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 401)
    }

    @Test("B088: whoever deleted the account is asked whether to come back; looking at the link asks nothing")
    func comingBack() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        _ = try await house.store.delete(ada.id, by: .person, mailing: [], at: house.clock.now)
        let browser = house.browser()
        await browser.askForLink()
        let path = try await house.link().path
        let page = await browser.get(path)
        #expect(page.status == 200)
        let asked = await browser.submit(page, [:])
        #expect(asked.status == 200 && asked.heading == "Come back?" && !browser.isSignedIn)
        #expect(try await house.store.account(id: ada.id)?.deletion != nil, "asking changes nothing")
        let back = await browser.submit(asked, [:], action: "/come-back")
        #expect(back.target == "/account" && browser.isSignedIn)
        #expect(try await house.store.account(id: ada.id)?.status == .active)
        #expect(try await house.store.signInMethods(of: ada.id).map(\.method) == ["email"])
        house.clock.advance(61)
        #expect(await browser.get(path).status == 404)
    }

    @Test("B088: not after the time of grace, and not by a link that was mailed before")
    func tooLate() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let browser = house.browser()
        await browser.askForLink()
        let before = try await house.link().path
        _ = try await house.store.delete(ada.id, by: .person, mailing: [], at: house.clock.now)
        #expect(await browser.get(before).status == 404)
        house.clock.advance(31)
        await browser.askForLink()
        let path = try await house.link().path
        // As if the time of grace had run out while the mail lay there.
        _ = try await house.store.database.change {
            try $0.execute("UPDATE accounts SET deleted_at = deleted_at - 2592000", [])
        }
        #expect(await browser.force(path).status == 404)
        #expect(try await house.store.account(id: ada.id)?.deletion != nil && !browser.isSignedIn)
    }

    @Test("B014, B018: a sign-in by link is a fresh proof, with which somebody sets a first password")
    func firstPassword() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        _ = try await house.store.database.change {
            try $0.execute("UPDATE accounts SET password_hash = NULL", [])
        }
        let browser = house.browser()
        await browser.askForLink(at: "/magic-link?next=%2Faccount%2Fpassword")
        let form = await browser.enter(by: try await house.link().path)
        #expect(form.target == "/account/password" && form.value(of: "current") == nil)
        #expect(await browser.submit(form, ["password": RecoveryJourney.new]).status == 200)
        let other = house.browser(from: "192.0.2.2")
        let signIn = await other.signIn(await other.get("/sign-in"), "ada@example.org", password: RecoveryJourney.new)
        #expect(signIn.target == "/account")
    }
}

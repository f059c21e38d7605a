import Identity
import JSON
import OAuth
import Storage
import Testing
import Web

@testable import martlet

/// What somebody may do who was let in by staff, and has proven nothing.
@Suite("What a link of staff does not open")
struct StaffLinkLimits {
    private func comeIn(_ house: TestHouse, as person: Account) async throws -> TestBrowser {
        let browser = house.browser()
        let page = await browser.get(try await StaffLinkJourney.link(for: person, in: house))
        #expect(await browser.post(page, [:]).location == "/account")
        return browser
    }

    @Test(
        "ML10, B093: another address, a password, leaving and data ask for a proof of one's own first",
        arguments: ["/account/address", "/account/delete", "/account/preferences/switch-on-magic-links"])
    func notFresh(path: String) async throws {
        let house = try await TestAPI.house()
        let browser = try await comeIn(house, as: try await house.person())
        #expect(await browser.get("/account").status == 200)
        #expect(await browser.get(path).location?.hasPrefix("/account/confirm?next=") == true)
    }

    @Test("ML10: the form of another address sent all the same changes nothing, and mails nobody")
    func forged() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let browser = try await comeIn(house, as: ada)
        let form = await browser.get("/account/security")
        let sent = await browser.forge(form, ["email": "thief@example.org"], to: "/account/address")
        #expect(sent.location?.hasPrefix("/account/confirm") == true)
        #expect(try await house.store.account(id: ada.id)?.email.typed == "ada@example.org")
        #expect(try await house.letters(.addressChange).isEmpty)
    }

    @Test("B015: whoever came in before the person became administrator is signed out by that")
    func promoted() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let (stranger, owner) = (try await comeIn(house, as: ada), house.browser(from: "203.0.113.9"))
        _ = await owner.signIn(await owner.get("/sign-in"), "ada@example.org")
        let api = try await TestAPI.own(house)
        #expect(try await api.setRoles(of: ada.id, [["name": "administrator"]]).status == 200)
        #expect(await stranger.get("/admin/people").status != 200)
        #expect(await stranger.get("/account").location == "/sign-in")
        #expect(await owner.get("/account").status == 200)
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).map(\.methods) == [["pwd"]])
    }
}

import Identity
import OAuth
import TestSupport
import Testing

@testable import martlet

@Suite("Accounts that are gone for good")
struct PurgeJourney {
    private static let day: Int64 = 86_400

    private func deleted(_ house: TestHouse, _ email: String) async throws -> Account {
        let person = try await house.person(email)
        _ = try await house.store.delete(person.id, by: .person, mailing: [], at: house.clock.now)
        return person
    }

    @Test(
        "B117, B119: after 29 days it is there, after 31 it is gone; the cut-off is the day of deletion, not twice it")
    func cutOff() async throws {
        let house = try await TestHouse()
        let ada = try await deleted(house, "ada@example.org")
        let housekeeping = Housekeeping(house: house.house)
        house.clock.advance(29 * Self.day)
        try await housekeeping.purge()
        #expect(try await house.store.account(id: ada.id) != nil)
        house.clock.advance(2 * Self.day)
        try await housekeeping.purge()
        #expect(try await house.store.account(id: ada.id) == nil)
        #expect(house.audit.count(.accountPurged) == 1)
    }

    @Test("The time of grace is the operator's to choose (accounts.deletion_grace)")
    func grace() async throws {
        let house = try await TestHouse { $0.deletionGrace = 60 * 86_400 }
        let ada = try await deleted(house, "ada@example.org")
        house.clock.advance(59 * Self.day)
        try await Housekeeping(house: house.house).purge()
        #expect(try await house.store.account(id: ada.id) != nil)
        house.clock.advance(Self.day)
        try await Housekeeping(house: house.house).purge()
        #expect(try await house.store.account(id: ada.id) == nil)
    }

    @Test("B123: one that cannot be removed keeps none of the others, and is tried again")
    func failing() async throws {
        let house = try await TestHouse()
        let stuck = try await deleted(house, "ada@example.org")
        let others = [try await deleted(house, "bob@example.org"), try await deleted(house, "cid@example.org")]
        try await house.store.database.write { connection in
            _ = try connection.execute(
                "CREATE TABLE anchor (account_id TEXT NOT NULL REFERENCES accounts (id))", [])
            _ = try connection.execute("INSERT INTO anchor (account_id) VALUES ($1)", [.text(stuck.id)])
        }
        let purge = AccountPurge(store: house.store, audit: house.audit)
        let due = try await purge.due(until: house.clock.now)
        var report = PurgeReport(latest: house.clock.now, isDry: false)
        report.due = due
        report.summary = await purge.purge(due, deletedUntil: house.clock.now)
        #expect(report.summary.purged == 2 && report.summary.failed == 1 && report.summary.skipped == 0)
        #expect(report.text.contains("removed 2, failed 1"))
        for other in others { #expect(try await house.store.account(id: other.id) == nil) }
        #expect(try await house.store.account(id: stuck.id) != nil)
        house.clock.advance(31 * Self.day)
        await #expect(throws: (any Error).self) { try await Housekeeping(house: house.house).purge() }
        #expect(house.log.lines.contains { $0.contains("an account cannot be removed") })
        try await house.store.database.write { _ = try $0.execute("DROP TABLE anchor", []) }
        try await Housekeeping(house: house.house).purge()
        #expect(try await house.store.account(id: stuck.id) == nil && house.audit.count(.accountPurged) == 3)
    }

    @Test("B125: two processes that clean up at once remove each account once, and tell of it once")
    func twoProcesses() async throws {
        let house = try await TestHouse()
        for number in 0..<12 { _ = try await deleted(house, "person\(number)@example.org") }
        let (first, second) = (Housekeeping(house: house.house), Housekeeping(house: try await house.siblingHouse()))
        house.clock.advance(31 * Self.day)
        async let one: Void = first.purge()
        async let two: Void = second.purge()
        _ = try await (one, two)
        #expect(house.audit.count(.accountPurged) == 12)
        #expect(try await house.store.accounts(after: nil, limit: 100).isEmpty)
    }

    @Test("B124: nothing personal is left in the whole database, events and explanations included")
    func traces() async throws {
        let house = try await TestHouse()
        let email = "planted-address@example.org"
        let ada = try await house.person(email, profile: Profile(name: "Planted Person"))
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), email, password: "not the password")
        _ = await browser.signedIn(email)
        let profile = await browser.get("/account/profile")
        _ = await browser.post(
            profile, ["name": "Planted Person", "username": "planted.user", "biography": "Planted words"],
            action: "/account/profile")
        _ = await browser.upload(profile, SamplePictures.png)
        _ = try await house.tokens(for: .shop, in: browser, ["scope": "openid offline_access", "login_hint": email])
        _ = await browser.submit(await browser.get("/account/delete"), ["sure": "yes"], action: "/account/delete")
        await house.flushExplanations()
        _ = try await house.storedEvents()
        house.clock.advance(31 * Self.day)
        while try await house.store.sweep(at: house.clock.now, limit: 500) > 0 {}
        try await Housekeeping(house: house.house).purge()
        let events = try await house.storedEvents(.accountPurged)
        #expect(events.count == 1 && events.first?.subject == ada.id && events.first?.details.isEmpty == true)
        let rows = try await house.rows()
        #expect(rows.contains(ada.id), "the events are among the rows")
        for word in ["planted", "Planted", "/pictures/", "p…@"] { #expect(!rows.contains(word), "\(word)") }
    }

    @Test("JW6: whoever signs up again with the same address is somebody else to every app")
    func again() async throws {
        let house = try await TestHouse()
        let ada = try await deleted(house, "ada@example.org")
        house.clock.advance(31 * Self.day)
        try await Housekeeping(house: house.house).purge()
        let again = try await house.person()
        #expect(again.id != ada.id && again.email == ada.email)
    }
}

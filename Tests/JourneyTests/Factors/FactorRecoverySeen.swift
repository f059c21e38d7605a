import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Somebody who is signed in sees that somebody gets in without a second factor")
struct FactorRecoverySeen {
    private static let stop = "/account/factors/recovery/stop"

    /// Ada, who is signed in with her factor, and somebody else with her password and her mailbox.
    private func begun() async throws -> (TestHouse, FactorHolder) {
        let house = try await TestHouse()
        let held = try await FactorHolder(in: house)
        _ = try await house.browser(from: "203.0.113.9").beginRecovery(house)
        return (house, held)
    }

    @Test("MF9: she sees it on the first page and under Security, and stops it without proving anything anew")
    func stopped() async throws {
        let (house, held) = try await begun()
        #expect(await held.browser.get("/account").text.contains("/account/security#second-step"))
        house.clock.advance(3600)
        let page = await held.browser.get("/account/security")
        #expect(page.text.contains("they can get in without it"))
        #expect(await held.browser.post(page, [:], action: Self.stop).status == 303)
        #expect(try await house.store.factorRecovery(of: held.account.id, at: house.clock.now) == nil)
        let event = try #require(house.audit.events.last { $0.kind == .factorRecoveryCancelled })
        #expect(event.subject == held.account.id && event.details["how"] == "account")
        #expect(try await held.holdings.isEnrolled)
        #expect(await held.browser.post(page, [:], action: Self.stop).status == 404)
        #expect(house.audit.count(.factorRecoveryCancelled) == 1)
        #expect(await !held.browser.get("/account/security").text.contains(Self.stop))
        #expect(await !held.browser.get("/account").text.contains("#second-step"))
    }

    @Test("MF5: nobody else stops it there: not a stranger, not whoever lacks the second step, not another person")
    func others() async throws {
        let (house, held) = try await begun()
        _ = try await house.person("grace@example.org")
        let grace = await house.browser(from: "192.0.2.9").signedIn("grace@example.org")
        #expect(await grace.forge(await grace.get("/account/password"), to: Self.stop).status == 404)
        let stranger = house.browser(from: "192.0.2.10")
        #expect(await stranger.forge(await stranger.get("/sign-in"), to: Self.stop).status == 401)
        let half = await house.browser(from: "192.0.2.11").half()
        #expect(await half.forge(await half.get("/second-factor/app"), to: Self.stop).status == 401)
        #expect(try await house.store.factorRecovery(of: held.account.id, at: house.clock.now) != nil)
        #expect(house.audit.count(.factorRecoveryCancelled) == 0)
    }
}

import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Taking back a first second factor by the mail about it")
struct FactorUndoJourney {
    private func link(_ house: TestHouse) async throws -> String {
        let letter = try #require(try await house.letters(.firstFactorAdded, to: "ada@example.org").last)
        return try #require(letter.secondPath)
    }

    @Test("ML3: looking removes nothing; the button removes all, signs everybody out, and leads to a new password")
    func undone() async throws {
        let house = try await TestHouse()
        let held = try await FactorHolder(in: house)
        let link = try await link(house)
        let reader = house.browser(from: "203.0.113.40")
        for method in ["GET", "GET", "HEAD"] {
            let page = method == "GET" ? await reader.get(link) : await reader.send(.head, link)
            #expect(page.status == 200 && page.header("Referrer-Policy") == "no-referrer")
        }
        #expect(try await held.holdings.isEnrolled)
        let page = await reader.get(link)
        #expect(page.heading == "Remove the second step?" && !page.text.contains("ada@"))
        let done = await reader.post(page, [:])
        #expect(done.heading == "The second step is removed" && done.text.contains("href=\"/recovery\""))
        let holdings = try await held.holdings
        #expect(!holdings.isEnrolled && holdings.codesLeft == 0 && holdings.recoveredAt == house.clock.now)
        #expect(await held.browser.visit("/account").target == "/sign-in")
        #expect(await reader.post(page, [:]).status == 404)
        #expect(await reader.get(link).heading == "There is nothing to undo")
        let events = house.audit.events.filter { $0.kind == .factorsReset }
        #expect(events.count == 1 && events.first?.subject == held.account.id && events.first?.actor == .visitor)
        #expect(events.first?.details["why"] == "undone_by_mail")
    }

    @Test("After 7 days, and for what was never such a link, there is nothing to undo")
    func dead() async throws {
        let house = try await TestHouse()
        let held = try await FactorHolder(in: house)
        let link = try await link(house)
        let reader = house.browser(from: "203.0.113.40")
        let page = await reader.get(link)
        let secret = String(repeating: "A", count: 43)
        for path in ["undo/mfu_" + secret, "undo/mrs_" + secret, "undo/", "undo/x", "undo"] {
            #expect(await reader.get("/factor-recovery/" + path).status == 404, "\(path)")
            let refused = await reader.forge(page, to: "/factor-recovery/" + path)
            #expect([404, 405].contains(refused.status), "\(path)")
        }
        let token = link.split(separator: "/").last ?? ""
        #expect(await reader.get("/factor-recovery/stop/\(token)").status == 404)
        house.clock.advance(FactorPolicy.undoLifetime)
        let later = house.browser(from: "203.0.113.41")
        #expect(await later.get(link).status == 404)
        #expect(await later.forge(await later.get("/sign-in"), to: link).status == 404)
        #expect(try await held.holdings.isEnrolled && house.audit.count(.factorsReset) == 0)
    }

    @Test("WB6: nobody is made to press it by another page")
    func forged() async throws {
        let house = try await TestHouse()
        let held = try await FactorHolder(in: house)
        let page = await house.browser().get(try await link(house))
        let other = house.browser(from: "203.0.113.40")
        _ = await other.get("/sign-in")
        #expect(await other.post(page, [:]).status == 403)
        #expect(try await held.holdings.isEnrolled)
    }
}

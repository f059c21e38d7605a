import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Stopping somebody who gets in without a second factor")
struct FactorRecoveryStops {
    private func begun() async throws -> (TestHouse, Account) {
        let house = try await TestHouse()
        let ada = try await house.person()
        try await house.lose(ada)
        _ = try await house.browser().beginRecovery(house)
        return (house, ada)
    }

    @Test("MF9, ML3: looking stops nothing, however often; the button does, in any browser, once")
    func stop() async throws {
        let (house, ada) = try await begun()
        let link = try #require(try await house.stopLinks().first)
        let reader = house.browser(from: "203.0.113.40")
        for method in ["GET", "GET", "HEAD"] {
            let page = method == "GET" ? await reader.get(link) : await reader.send(.head, link)
            #expect(page.status == 200 && page.header("Referrer-Policy") == "no-referrer")
        }
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) != nil)
        let page = await reader.get(link)
        #expect(page.heading == "Stop it?" && !page.text.contains("ada@"))
        let done = await reader.post(page, [:])
        #expect(done.status == 200 && done.heading == "It is stopped")
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) == nil)
        #expect(await reader.post(page, [:]).status == 404)
        #expect(await reader.get(link).status == 404)
        let events = house.audit.events.filter { $0.kind == .factorRecoveryCancelled }
        #expect(events.count == 1 && events.first?.subject == ada.id && events.first?.actor == .visitor)
    }

    @Test("MF9: what was stopped is not finished when its time would have come, nor later")
    func stopped() async throws {
        let (house, ada) = try await begun()
        let reader = house.browser(from: "203.0.113.40")
        let link = try #require(try await house.stopLinks().first)
        _ = await reader.post(await reader.get(link), [:])
        house.clock.advance(TestHouse.recoveryWait)
        let browser = await house.browser().half()
        #expect(await browser.forceRecovery().map(\.status) == [303, 422, 404])
        let page = await browser.type(try await house.recoveryCode(), on: await browser.get(TestBrowser.lost + "/code"))
        #expect(page.heading == "You have to wait", "it begins anew")
        #expect(try await house.factorCount(of: ada) == 1)
    }

    @Test("MF9: what is stopped while the code to end it is on its way lets nobody in, and begins nothing")
    func stoppedAtTheEnd() async throws {
        let (house, ada) = try await begun()
        let link = try #require(try await house.stopLinks().first)
        house.clock.advance(TestHouse.recoveryWait)
        let browser = await house.browser().half()
        let form = await browser.askForRecovery()
        let reader = house.browser(from: "203.0.113.40")
        _ = await reader.post(await reader.get(link), [:])
        let page = await browser.post(
            form, ["code": try await house.recoveryCode()], action: TestBrowser.lost + "/code")
        #expect(page.status == 409 && page.heading == "It is not possible now")
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) == nil)
        #expect(try await house.factorCount(of: ada) == 1)
    }

    @Test("MF9: it can be stopped until the moment it is made use of, and not after")
    func late() async throws {
        let (house, ada) = try await begun()
        let link = try #require(try await house.stopLinks().first)
        house.clock.advance(TestHouse.recoveryWait)
        let reader = house.browser(from: "203.0.113.40")
        let form = await reader.get(link)
        #expect(form.status == 200)
        let browser = await house.browser().half()
        #expect(try await browser.finishRecovery(house).status == 303)
        #expect(await reader.post(form, [:]).status == 404)
        #expect(try await house.factorCount(of: ada) == 0)
    }

    @Test("MF9: the address before hears of it as well, each with a link of its own, and either stops it")
    func everyAddress() async throws {
        for stopper in ["ada@example.org", "ada@new.example"] {
            let house = try await TestHouse()
            let ada = try await house.person()
            let signedIn = await house.browser(from: "192.0.2.5").signedIn()
            _ = await signedIn.submit(await signedIn.get("/account/address"), ["email": "ada@new.example"])
            let change = try await house.latestMail(to: "ada@new.example", leading: "/address-change/")
            _ = await signedIn.submit(await signedIn.get(try #require(change.paths.first)), [:])
            try await house.lose(ada)
            _ = try await house.browser().beginRecovery(house, "ada@new.example")
            let (old, new) = (
                try await house.stopLinks(), try await house.stopLinks(to: "ada@new.example")
            )
            #expect(old.count == 1 && new.count == 1 && old != new)
            let reader = house.browser(from: "203.0.113.40")
            let link = try #require(try await house.stopLinks(to: stopper).first)
            #expect(await reader.post(await reader.get(link), [:]).status == 200)
            for other in old + new { #expect(await reader.get(other).status == 404, "all are dead") }
            #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) == nil)
        }
    }

    @Test(
        "A link that was never made, or is for something else, stops nothing",
        arguments: [
            "mrs_" + String(repeating: "A", count: 43), "mml_" + String(repeating: "A", count: 43), "x", "",
            "mrs_", "stop/x",
        ])
    func dead(token: String) async throws {
        let (house, ada) = try await begun()
        let browser = house.browser()
        for path in ["/factor-recovery/stop/\(token)", "/factor-recovery/\(token)"] {
            #expect(await browser.get(path).status == 404, "\(path)")
            let page = await browser.forge(await browser.get("/sign-in"), to: path)
            #expect([404, 405].contains(page.status), "\(path)")
        }
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) != nil)
        #expect(house.audit.count(.factorRecoveryCancelled) == 0)
    }

    @Test("CF3: neither the links nor the codes are in the log or the record")
    func silent() async throws {
        let (house, _) = try await begun()
        let link = try #require(try await house.stopLinks().first)
        let secret = try #require(link.split(separator: "/").last)
        let code = try await house.recoveryCode()
        let browser = house.browser()
        _ = await browser.post(await browser.get(link), [:])
        let events = try await house.storedEvents().map { "\($0)" }
        for text in house.log.lines + events { #expect(!text.contains(secret) && !text.contains(code)) }
    }
}

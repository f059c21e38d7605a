import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Getting back in without any second factor")
struct FactorRecoveryJourney {
    private func house() async throws -> (TestHouse, Account) {
        let house = try await TestHouse()
        let ada = try await house.person()
        try await house.lose(ada)
        return (house, ada)
    }

    @Test(
        "MF9: first factor and mailbox, a day of waiting, both again, then in, at the lowest level and with no factor")
    func whole() async throws {
        let (house, ada) = try await house()
        let browser = await house.browser().half()
        let page = await browser.visit(TestBrowser.lost)
        #expect(page.status == 200 && page.heading == "Get in without your second step")
        #expect(page.text.contains("backup codes") && page.text.contains("24 hours"))
        #expect(!page.text.contains("ada@example.org"), "the first factor alone tells no address")
        let sent = await browser.askForRecovery()
        #expect(sent.heading == "Check your mail" && sent.target == TestBrowser.lost + "/code")
        let waiting = await browser.type(try await house.recoveryCode(), on: sent)
        #expect(waiting.heading == "You have to wait" && waiting.forms.isEmpty)
        #expect(try await house.factorCount(of: ada) == 1)
        house.clock.advance(TestHouse.recoveryWait)
        let back = await house.browser(from: "192.0.2.8").half()
        let ready = await back.visit(TestBrowser.lost)
        #expect(ready.heading == "You can get back in now")
        let before = back.cookies
        let done = try await back.finishRecovery(house)
        #expect(done.status == 303 && done.location == "/account/factors/set-up")
        #expect(back.cookies != before, "the secret is another one (SE2)")
        #expect(try await house.factorCount(of: ada) == 0)
        #expect(await back.get("/account").status == 200)
        let sessions = try await house.store.sessions(of: ada.id, at: house.clock.now)
        #expect(sessions.count == 1 && sessions.allSatisfy { $0.isCapped && $0.methods == ["pwd"] })
        #expect(sessions.first?.authentication().level == AuthenticationLevel.single)
        for kind in [AuditEvent.Kind.factorRecoveryAsked, .factorRecoveryFinished] {
            #expect(house.audit.count(kind) == 1, "\(kind)")
        }
        #expect(try await house.letters(.factorRecovered, to: "ada@example.org").count == 1)
    }

    @Test("MF9: until the last second of the wait nobody gets in, form or not", arguments: [0, 1, 3600, 86_399])
    func early(seconds: Int64) async throws {
        let (house, ada) = try await house()
        _ = try await house.browser().beginRecovery(house)
        house.clock.advance(seconds)
        let browser = await house.browser(from: "192.0.2.8").half()
        #expect(await browser.visit(TestBrowser.lost).forms.isEmpty)
        #expect(await browser.forceRecovery().map(\.status) == [303, 422, 404])
        #expect(try await house.letters(.factorRecovery).count == 1, "there is nothing to prove yet")
        #expect(try await house.factorCount(of: ada) == 1)
        #expect(await browser.visit("/account").target != "/account")
        #expect(house.audit.count(.factorRecoveryFinished) == 0)
    }

    @Test("MF9: whoever does not make use of it for a week begins again")
    func late() async throws {
        let (house, ada) = try await house()
        _ = try await house.browser().beginRecovery(house)
        house.clock.advance(TestHouse.recoveryWait + FactorPolicy.recoveryOpen)
        let browser = await house.browser().half()
        #expect(await browser.visit(TestBrowser.lost).heading == "Get in without your second step")
        let form = await browser.askForRecovery()
        let page = await browser.type(try await house.recoveryCode(), on: form)
        #expect(page.heading == "You have to wait")
        #expect(try await house.factorCount(of: ada) == 1)
    }

    @Test("MF9: asking again neither begins anew nor sends a second notice")
    func again() async throws {
        let (house, ada) = try await house()
        _ = try await house.browser().beginRecovery(house)
        let first = try #require(try await house.store.factorRecovery(of: ada.id, at: house.clock.now))
        house.clock.advance(3600)
        let other = await house.browser(from: "192.0.2.8").half()
        let page = await other.forge(await other.get("/second-factor"), to: TestBrowser.lost)
        #expect(page.status == 303 && page.location == TestBrowser.lost)
        #expect(try await house.letters(.factorRecovery).count == 1)
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) == first)
        #expect(try await house.stopLinks().count == 1)
    }

    @Test("MF9: the mailbox alone is not enough sooner, whichever way it was proven")
    func mailboxAlone() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        try await house.lose(ada)
        let browser = house.browser()
        let page = await browser.askForLink()
        _ = await browser.type(try await house.link().code, on: page)
        let form = await browser.askForRecovery()
        let waiting = await browser.type(try await house.recoveryCode(), on: form)
        #expect(waiting.heading == "You have to wait")
        #expect(await browser.forceRecovery().map(\.status) == [303, 422, 404])
        #expect(try await house.factorCount(of: ada) == 1)
    }

    @Test("MF9, MF5: a paused request comes along, and the way leads to setting a factor up")
    func request() async throws {
        let (house, _) = try await house()
        _ = try await house.browser().beginRecovery(house)
        house.clock.advance(TestHouse.recoveryWait)
        let browser = house.browser(from: "192.0.2.8")
        let page = await browser.signIn(await browser.visit(TestApp.shop.request()), "ada@example.org")
        let handle = try #require(page.handle)
        let ready = await browser.get(TestBrowser.lost + "?request=" + handle)
        let form = await browser.submit(ready, [:], action: TestBrowser.lost)
        let code = try await house.recoveryCode()
        let done = await browser.post(form, ["code": code], action: TestBrowser.lost + "/code")
        #expect(done.location == "/account/factors/set-up?request=" + handle)
    }
}

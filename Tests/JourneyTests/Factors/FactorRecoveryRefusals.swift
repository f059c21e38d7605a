import Identity
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Getting back in without any second factor: what is refused")
struct FactorRecoveryRefusals {
    private func house() async throws -> (TestHouse, Account) {
        let house = try await TestHouse()
        let ada = try await house.person()
        try await house.lose(ada)
        return (house, ada)
    }

    /// Without what is another one each time.
    private func said(_ page: TestPage) -> String {
        page.text.replacing(/<code id="reference">[^<]*</, with: "").replacing(/value="[^"]*"/, with: "")
    }

    @Test("MF9: wrong codes, none, and those of another browser are told alike, and begin nothing")
    func wrong() async throws {
        let (house, ada) = try await house()
        let browser = await house.browser().half()
        let form = await browser.askForRecovery()
        let right = try await house.recoveryCode()
        let other = await house.browser(from: "192.0.2.8").half()
        let elsewhere = await other.forge(
            await other.get("/second-factor"), ["code": right], to: TestBrowser.lost + "/code")
        #expect(elsewhere.status == 422)
        for code in ["AAAA-AAAA", "", "x", "123456"] {
            let page = await browser.type(code, on: form)
            #expect(page.status == 422 && said(page) == said(elsewhere), "\(code)")
        }
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) == nil)
        #expect(house.audit.count(.factorRecoveryAsked) == 0 && house.audit.count(.mailProofRefused) == 5)
    }

    @Test("MF9, MF4: five wrong codes, and the right one is not taken any more")
    func locked() async throws {
        let (house, ada) = try await house()
        let browser = await house.browser().half()
        let form = await browser.askForRecovery()
        for _ in 1...5 { #expect(await browser.type("AAAA-AAAA", on: form).status == 422) }
        #expect(await browser.type(try await house.recoveryCode(), on: form).status == 422)
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) == nil)
    }

    @Test("MF9: a code is bound to the sign-in that asked for it, in the same browser too")
    func otherSession() async throws {
        let (house, ada) = try await house()
        let browser = await house.browser().half()
        _ = await browser.askForRecovery()
        let code = try await house.recoveryCode()
        let again = await browser.half()
        let page = await again.type(code, on: await again.get(TestBrowser.lost + "/code"))
        #expect(page.status == 422)
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) == nil)
    }

    @Test("MF9: a code begins one wait and no second, and is too old after ten minutes", arguments: [true, false])
    func spent(isOld: Bool) async throws {
        let (house, ada) = try await house()
        let browser = await house.browser().half()
        let form = await browser.askForRecovery()
        let code = try await house.recoveryCode()
        if isOld {
            house.clock.advance(MailProofs.lifetime)
        } else {
            _ = await browser.type(code, on: form)
            let link = try #require(try await house.stopLinks().first)
            _ = await browser.post(await browser.get(link), [:])
        }
        #expect(await browser.type(code, on: form).status == 422)
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) == nil)
    }

    @Test("MF9, B015: whom staff let in by a link has proven nothing, and is mailed nothing")
    func vouched() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        try await house.lose(ada)
        let browser = house.browser()
        let path = try await StaffLinkJourney.link(for: ada, in: house)
        _ = await browser.submit(await browser.get(path), [:])
        let page = await browser.get(TestBrowser.lost)
        #expect(page.status == 403 && page.heading == "Sign in by yourself first" && page.forms.isEmpty)
        let form = await browser.get("/second-factor")
        for path in ["", "/code"] {
            let refused = await browser.forge(form, ["code": "AAAA-AAAA"], to: TestBrowser.lost + path)
            #expect([303, 422].contains(refused.status), "\(path) \(refused.status)")
        }
        #expect(try await house.letters(.factorRecovery).isEmpty)
        #expect(try await house.factorCount(of: ada) == 1)
    }

    @Test("MF9, B015: nor does such a link make use of a wait that its person began")
    func vouchedLater() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        try await house.lose(ada)
        _ = try await house.browser().beginRecovery(house)
        house.clock.advance(TestHouse.recoveryWait)
        let browser = house.browser(from: "192.0.2.8")
        _ = await browser.submit(await browser.get(try await StaffLinkJourney.link(for: ada, in: house)), [:])
        #expect(await browser.forceRecovery().map(\.status) == [303, 303, 404])
        #expect(try await house.letters(.factorRecovery).count == 1, "nothing is mailed")
        #expect(try await house.factorCount(of: ada) == 1)
    }

    @Test("MF5: without a first step there is nothing here, for strangers and for whoever is signed in")
    func withoutFirstStep() async throws {
        let (house, _) = try await house()
        let stranger = house.browser()
        let form = await stranger.get("/sign-in")
        for path in ["", "/code"] {
            #expect(await stranger.get(TestBrowser.lost + path).location == "/sign-in", "\(path)")
        }
        for path in ["", "/code"] {
            let page = await stranger.forge(form, ["code": "AAAA-AAAA"], to: TestBrowser.lost + path)
            #expect(page.status == 401, "\(path)")
        }
        _ = try await house.person("grace@example.org")
        let grace = await house.browser(from: "192.0.2.9").signedIn("grace@example.org")
        #expect(await grace.get(TestBrowser.lost).heading == "You are signed in here")
        for path in ["", "/code"] {
            let page = await grace.forge(await grace.get("/account/password"), to: TestBrowser.lost + path)
            #expect(page.status == 401, "\(path)")
        }
        #expect(try await house.letters(.factorRecovery).isEmpty)
    }

    @Test("MF9: one person's wait is nobody else's, and ends with who ends it first")
    func otherPerson() async throws {
        let (house, ada) = try await house()
        let grace = try await house.person("grace@example.org")
        try await house.lose(grace)
        _ = try await house.browser().beginRecovery(house)
        house.clock.advance(TestHouse.recoveryWait)
        let other = await house.browser(from: "192.0.2.9").half("grace@example.org")
        let asked = await other.askForRecovery()
        let waiting = await other.type(try await house.recoveryCode(to: "grace@example.org"), on: asked)
        #expect(waiting.heading == "You have to wait", "her own begins")
        #expect(try await house.factorCount(of: grace) == 1)
        #expect(try await house.factorCount(of: ada) == 1)
        let browser = await house.browser().half()
        let form = await browser.askForRecovery()
        let code = try await house.recoveryCode()
        #expect(await browser.post(form, ["code": code], action: TestBrowser.lost + "/code").status == 303)
        #expect(await browser.post(form, ["code": code], action: TestBrowser.lost + "/code").status == 401, "once")
        #expect(house.audit.count(.factorRecoveryFinished) == 1)
    }

    @Test("MF9: who was disabled meanwhile does not get in")
    func disabled() async throws {
        let (house, ada) = try await house()
        _ = try await house.browser().beginRecovery(house)
        house.clock.advance(TestHouse.recoveryWait)
        let browser = await house.browser().half()
        let form = await browser.askForRecovery()
        let code = try await house.recoveryCode()
        #expect(try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now))
        #expect(await browser.post(form, ["code": code], action: TestBrowser.lost + "/code").status == 401)
        #expect(try await house.factorCount(of: ada) == 1)
    }

    @Test("MF9, MF4: whoever finds the wait over and has the first factor alone does not get in by it")
    func firstFactorAlone() async throws {
        let (house, ada) = try await house()
        _ = try await house.browser().beginRecovery(house)
        house.clock.advance(TestHouse.recoveryWait)
        let thief = await house.browser(from: "203.0.113.9").half()
        #expect(await thief.forceRecovery().map(\.status) == [303, 422, 404])
        house.clock.advance(60)
        let form = await thief.askForRecovery()
        #expect(form.heading == "Check your mail" && form.text.contains("you are in"))
        let code = try await house.recoveryCode()
        for wrong in ["AAAA-AAAA", "", "x", "123456", "AAAA-AAAB"] {
            #expect(await thief.type(wrong, on: form).status == 422)
        }
        #expect(await thief.type(code, on: form).status == 422, "five wrong ones, and the right one is not taken")
        let other = await house.browser(from: "192.0.2.8").half()
        let page = await other.forge(await other.get("/second-factor"), ["code": code], to: TestBrowser.lost + "/code")
        #expect(page.status == 422, "nor in another browser")
        #expect(try await house.factorCount(of: ada) == 1 && house.audit.count(.factorRecoveryFinished) == 0)
        #expect(try await house.store.factorRecovery(of: ada.id, at: house.clock.now) != nil)
    }
}

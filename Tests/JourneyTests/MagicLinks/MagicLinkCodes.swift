import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("Codes to sign in with, and who guesses at them")
struct MagicLinkCodes {
    private func send(_ code: String, in browser: TestBrowser, on page: TestPage) async -> TestPage {
        await browser.submit(page, ["code": code], action: "/magic-link/code")
    }

    @Test(
        "ML8, ML2: a code is good in the browser that asked and in no other, whether or not that waits for one itself")
    func otherBrowser() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        _ = try await house.person("eve@example.org")
        let (browser, stranger, eve) = (
            house.browser(), house.browser(from: "10.1.0.1"), house.browser(from: "10.2.0.1")
        )
        let sent = await browser.askForLink()
        let code = try await house.link().code
        #expect(await send(code, in: stranger, on: await stranger.get("/magic-link/code")).status == 404)
        let waiting = await eve.askForLink("eve@example.org")
        let wrong = await send(code, in: eve, on: waiting)
        #expect(wrong.status == 422 && wrong.text.contains("id=\"code-error\""))
        #expect(!stranger.isSignedIn && !eve.isSignedIn)
        #expect(await send(code, in: browser, on: sent).target == "/account")
    }

    @Test("ML8, PW9: after five wrong codes only the link is left, and it works")
    func locked() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let sent = await browser.askForLink()
        let (path, code) = try await house.link()
        for wrong in ["AAAA-AAAA", "", "x", String(repeating: "A", count: 5000), "AAAAAAAB"] {
            let page = await send(wrong, in: browser, on: sent)
            #expect(page.status == 422 && page.text.contains("id=\"code-error\"") && page.reference != nil)
        }
        let late = await send(code, in: browser, on: sent)
        #expect(late.status == 422 && !browser.isSignedIn)
        #expect(house.linkFaults == Array(repeating: "wrong_code", count: 5) + ["locked"])
        #expect(await browser.enter(by: path).target == "/account")
    }

    @Test(
        "ML8: ten wrong codes an hour for one address, whichever browsers they are typed in; links work on, and so do others"
    )
    func addressBudget() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        for number in 1...2 {
            let guesser = house.browser(from: "10.\(number).0.1")
            let sent = await guesser.askForLink()
            for _ in 1...5 { #expect(await send("AAAA-AAAA", in: guesser, on: sent).status == 422) }
        }
        house.clock.advance(1)
        let browser = house.browser()
        let sent = await browser.askForLink()
        let (path, code) = try await house.link()
        #expect(await send(code, in: browser, on: sent).status == 422 && !browser.isSignedIn)
        let bob = house.browser(from: "10.9.0.1")
        let waiting = await bob.askForLink("bob@example.org")
        #expect(await send(try await house.link(to: "bob@example.org").code, in: bob, on: waiting).target == "/account")
        #expect(await browser.enter(by: path).target == "/account")
        house.clock.advance(3600)
        let later = house.browser(from: "10.8.0.1")
        let fresh = await later.askForLink()
        #expect(await send(try await house.link().code, in: later, on: fresh).target == "/account")
    }

    @Test("ML4, B149: a newer mail overtakes the code of the one before")
    func newer() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person()
        let browser = house.browser()
        let sent = await browser.askForLink()
        let first = try await house.link()
        house.clock.advance(31)
        let again = await browser.submit(sent, [:], action: "/magic-link/again")
        #expect(again.target.hasPrefix("/magic-link/code?"))
        let second = try await house.link()
        #expect(first.path != second.path && first.code != second.code)
        #expect(await send(first.code, in: browser, on: again).status == 422)
        #expect(await browser.get(first.path).status == 404)
        #expect(await send(second.code, in: browser, on: again).target == "/account")
    }

    @Test(
        "ML4: signing in by the link spends the code, and by the code the link; typed again within a minute it is harmless"
    )
    func together() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        let browser = house.browser()
        let sent = await browser.askForLink()
        let (path, code) = try await house.link()
        #expect(await browser.enter(by: path).target == "/account")
        #expect(await browser.post(sent, ["code": code], action: "/magic-link/code").location == "/account")
        house.clock.advance(60)
        #expect(await browser.post(sent, ["code": code], action: "/magic-link/code").status == 404)
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).count == 1)
    }
}

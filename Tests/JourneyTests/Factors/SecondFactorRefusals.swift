import OAuth
import Testing

@testable import Web

@Suite("Codes of second factors that are not right")
struct SecondFactorRefusals {
    /// Without what is of this one reply.
    private func body(_ page: TestPage) -> String {
        page.text.replacing(page.reference ?? "?", with: "")
    }

    @Test("MF2, MF3: wrong, used, old, early and somebody else's get the same page")
    func alike() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        let (ada, bob) = (try await house.addApp(), try await house.addApp("bob@example.org"))
        let now = house.clock.now
        let used = ada.authenticator.code(at: now)
        let first = house.browser()
        #expect(await first.prove(used, on: await first.halfSignedIn()).location == "/account")
        let browser = house.browser(from: "192.0.2.2")
        let page = await browser.halfSignedIn()
        let codes = [used, ada.authenticator.code(at: now + -300), bob.authenticator.code(at: now), "abcdef"]
        var bodies: Set<String> = []
        for code in codes {
            let refused = await browser.prove(code, on: page)
            #expect(refused.status == 422 && refused.reference != nil, "\(code)")
            bodies.insert(body(refused))
            try await house.expect(
                refused, Explained(.factor, "a code that is wrong", "once", "another way"),
                after: [.form, .formOrigin, .session, .throttle])
        }
        #expect(bodies.count == 1)
        #expect(await browser.get("/account").status == 303)
        #expect(house.audit.count(.factorRefused) == codes.count)
    }

    @Test("MF5: an empty form passes nothing", arguments: ["app", "mail", "backup-code", "passkey"])
    func empty(way: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.addApp()
        let browser = house.browser()
        let page = await browser.halfSignedIn()
        for values in [[:], ["code": ""], ["answer": ""], ["answer": "{}"]] as [[String: String?]] {
            let refused = await browser.forge(page, values, to: "/second-factor/\(way)")
            #expect(refused.status == 422 && refused.cookies.isEmpty)
        }
        #expect(await browser.get("/account").status == 303)
    }

    @Test("MF4: after five wrong codes, of whichever kind, none is looked at for a quarter of an hour, in no browser")
    func locked() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let factors = try await house.addApp()
        let before = house.browser(from: "192.0.2.3")
        let first = await before.halfSignedIn()
        _ = await before.prove(factors.authenticator.code(at: house.clock.now), on: first)
        house.clock.advance(60)
        let browser = house.browser()
        let page = await browser.halfSignedIn()
        for way in ["app", "backup-code", "mail", "app", "backup-code"] {
            #expect(await browser.prove("000000", as: way, on: page).status == 422)
        }
        let right = factors.authenticator.code(at: house.clock.now)
        let locked = await browser.prove(right, on: page)
        #expect(locked.status == 429 && locked.header("Retry-After") == "900")
        #expect(locked.text.contains("15 minutes") && locked.reference != nil)
        try await house.expect(
            locked, Explained(.throttle, "too many wrong ones", "900 seconds", "waits"),
            after: [.form, .formOrigin, .session])
        let other = house.browser(from: "192.0.2.4")
        #expect(await other.prove(right, on: await other.halfSignedIn()).status == 429)
        #expect(await before.get("/account").status == 200, "who is in stays in")
        #expect(house.audit.count(.factorLocked) == 1)
        house.clock.advance(900)
        let again = await browser.halfSignedIn()
        let now = factors.authenticator.code(at: house.clock.now)
        #expect(await browser.prove(now, on: again).location == "/account")
    }

    @Test("A second click, and a session that has ended, lead to the sign-in page and from there on")
    func ended() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let factors = try await house.addApp()
        let browser = house.browser()
        let page = await browser.halfSignedIn()
        let old = house.browser()
        old.cookies = browser.cookies
        let code = factors.authenticator.code(at: house.clock.now)
        #expect(await browser.prove(code, on: page).location == "/account")
        #expect(await old.prove(code, on: page).location == "/sign-in", "the old secret is dead (SE2)")
        #expect(await browser.prove(code, on: page).location == "/account")
    }

    @Test("WB9: no address and no form of these pages leads elsewhere")
    func elsewhere() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let factors = try await house.addApp()
        let browser = house.browser()
        let page = await browser.halfSignedIn()
        for payload in RedirectPayloads.elsewhere {
            let asked = await browser.get("/second-factor?next=" + FormEncoding.escape(payload))
            #expect(!asked.text.contains("evil.example"), "\(payload.debugDescription)")
        }
        let code = factors.authenticator.code(at: house.clock.now)
        let values: [String: String?] = ["code": code, "next": "//evil.example"]
        #expect(await browser.post(page, values, action: "/second-factor/app").location == "/account")
    }
}

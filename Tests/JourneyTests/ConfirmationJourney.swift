import Identity
import OAuth
import TestSupport
import Testing

@testable import Web

@Suite("Proving again who one is")
struct ConfirmationJourney {
    private func signedIn(_ house: TestHouse, from peer: String = "192.0.2.1") async -> TestBrowser {
        let browser = house.browser(from: peer)
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        return browser
    }

    /// Signed in, and then nothing for six minutes.
    private func stale(_ house: TestHouse) async throws -> TestBrowser {
        _ = try await house.person()
        let browser = await signedIn(house)
        house.clock.advance(360)
        return browser
    }

    private func confirm(_ browser: TestBrowser, _ password: String, next: String? = nil) async -> TestPage {
        let query = next.map { "?next=" + FormEncoding.escape($0) } ?? ""
        return await browser.post(await browser.get("/account/confirm" + query), ["password": password])
    }

    @Test("B093: five minutes after signing in the password is asked for again; then one goes on where one was")
    func asked() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        house.clock.advance(300)
        #expect(await browser.get("/account/confirm?next=%2Faccount%2Fpassword").location == "/account/password")
        house.clock.advance(1)
        let page = await browser.get("/account/confirm?next=%2Faccount%2Fpassword")
        #expect(
            page.status == 200 && page.heading == "Confirm it is you" && page.value(of: "email") == "ada@example.org")
        let done = await browser.post(page, ["password": TestHouse.password])
        #expect(done.status == 303 && done.location == "/account/password")
        #expect(await browser.get("/account/confirm").location == "/account")
    }

    @Test("SE2: the session goes on under a new secret, the old one is dead, and apps keep what they have")
    func renewed() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let tokens = try await house.tokens(for: .app, in: browser)
        house.clock.advance(360)
        let old = browser.cookies
        #expect(await confirm(browser, TestHouse.password).location == "/account")
        #expect(browser.cookies["martlet-session"] != old["martlet-session"])
        let thief = house.browser()
        thief.cookies = old
        #expect(await thief.visit("/account").target == "/sign-in")
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 200)
        let ada = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
        let sessions = try await house.store.sessions(of: ada.id, at: house.clock.now)
        #expect(sessions.count == 1 && sessions.first?.authenticatedAt == house.clock.now)
        #expect(sessions.first?.id == (try TestTokens.claims(tokens.id)["sid"]?.stringValue))
        #expect(house.audit.count(.reauthenticated) == 1)
    }

    @Test("AZ18: apps are told the time of the new proof")
    func authTime() async throws {
        let house = try await TestHouse()
        let browser = try await stale(house)
        _ = await confirm(browser, TestHouse.password)
        let tokens = try await house.tokens(for: .app, in: browser)
        #expect(try TestTokens.claims(tokens.id)["auth_time"]?.integerValue == house.clock.now.seconds)
    }

    @Test("SE3: a session does not grow older by it")
    func sameEnd() async throws {
        let house = try await TestHouse()
        let browser = try await stale(house)
        let page = await confirm(browser, TestHouse.password)
        #expect(page.cookies.first?.contains("Max-Age=\(30 * 86_400 - 360);") == true)
        for _ in 0..<3 {
            house.clock.advance(9 * 86_400)
            _ = await browser.get("/account")
        }
        #expect(await browser.get("/account").status == 200)
        house.clock.advance(3 * 86_400)
        #expect(await browser.visit("/account").target == "/sign-in")
    }

    @Test("A wrong password confirms nothing, and is told like at sign-in (PW11)", arguments: ["", "wrong", "Correct"])
    func wrong(password: String) async throws {
        let house = try await TestHouse()
        let browser = try await stale(house)
        let session = browser.cookies["martlet-session"]
        let page = await confirm(browser, password, next: "/account/password")
        #expect(page.status == 422 && page.text.contains("id=\"password-error\"") && page.reference != nil)
        #expect(page.forms.first?.fields["next"] == "/account/password" && page.value(of: "password") == nil)
        #expect(browser.cookies["martlet-session"] == session && house.audit.count(.reauthenticated) == 0)
        #expect(house.audit.events.last?.details["purpose"] == "confirmation")
        try await house.expect(
            page, Explained(.credentials, "wrong password", "", "again"),
            after: [.form, .formOrigin, .session, .server, .throttle])
    }

    @Test("PW7: guesses at an open browser fill the same lane as at the sign-in page")
    func throttled() async throws {
        let house = try await TestHouse()
        let browser = try await stale(house)
        for _ in 0..<10 { #expect(await confirm(browser, "wrong").status == 422) }
        let page = await confirm(browser, TestHouse.password)
        #expect(page.status == 429 && page.header("Retry-After") == "900" && page.text.contains("too many tries"))
        let copy = house.browser()
        copy.cookies = browser.cookies.filter { $0.key == "martlet-browser" }
        #expect(await copy.signIn(await copy.get("/sign-in"), "ada@example.org").status == 429)
        #expect(await browser.get("/account").status == 200, "PW9: the session lives on")
        house.clock.advance(900)
        #expect(await confirm(browser, TestHouse.password).status == 303)
    }

    @Test("WB9, B054: no form and no address leads elsewhere afterwards")
    func next() async throws {
        let house = try await TestHouse()
        let browser = try await stale(house)
        let page = await browser.get("/account/confirm")
        for payload in RedirectPayloads.elsewhere + RedirectPayloads.poison {
            let asked = await browser.get("/account/confirm?next=" + FormEncoding.escape(payload))
            let isRefused = payload.utf8.contains(0) && asked.status == 400
            #expect(isRefused || asked.forms.first?.fields["next"] == "/account", "\(payload.debugDescription)")
            #expect(!asked.text.contains("evil.example"))
        }
        let done = await browser.post(page, ["password": TestHouse.password, "next": "//evil.example"])
        #expect(done.location == "/account")
    }

    @Test("SE6: who was disabled or signed out meanwhile confirms nothing")
    func ended() async throws {
        let house = try await TestHouse()
        let browser = try await stale(house)
        let page = await browser.get("/account/confirm")
        let ada = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
        _ = try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now)
        let done = await browser.post(page, ["password": TestHouse.password])
        #expect(done.location == "/sign-in" && house.audit.count(.reauthenticated) == 0)
        #expect(
            await house.browser().get("/account/confirm?next=%2Faccount%2Fpassword").location
                == "/sign-in?next=%2Faccount%2Fpassword")
    }

    @Test("B126: somebody without a password is not asked for one")
    func withoutPassword() async throws {
        let house = try await TestHouse()
        let browser = try await stale(house)
        let ada = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
        try await house.store.database.write { connection in
            _ = try connection.execute("UPDATE accounts SET password_hash = NULL WHERE id = $1", [.text(ada.id)])
        }
        let page = await browser.get("/account/confirm")
        #expect(
            page.status == 200 && !page.text.contains("type=\"password\"") && page.text.contains("You have no password")
        )
        #expect(page.forms.count == 1)
        let csrf = page.forms.first?.fields["csrf"]
        let refused = await browser.post(page, ["csrf": csrf, "password": "x"], action: "/account/confirm")
        #expect(refused.status == 422 && !refused.text.contains("#password"))
    }
}

import Identity
import OAuth
import Testing
import Web

@Suite("Changing one's password")
struct PasswordJourney {
    private static let new = "five green harbour lamps"

    private func signedIn(_ house: TestHouse, from peer: String = "192.0.2.1") async -> TestBrowser {
        let browser = house.browser(from: peer)
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        return browser
    }

    private func change(
        _ browser: TestBrowser, from current: String = TestHouse.password, to new: String = Self.new
    ) async -> TestPage {
        await browser.post(await browser.get("/account/password"), ["current": current, "password": new])
    }

    @Test("The new password counts from then on, the old one nowhere, and every other session ends (PW11, SE7)")
    func changed() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (browser, other) = (await signedIn(house), await signedIn(house, from: "192.0.2.2"))
        let tokens = try await house.tokens(for: .app, in: other)
        let page = await change(browser)
        #expect(page.status == 200 && page.text.contains("Your password is changed."))
        #expect(await browser.get("/account").status == 200)
        #expect(await other.visit("/account").target == "/sign-in")
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 401)
        #expect(await other.signIn(await other.get("/sign-in"), "ada@example.org").status == 422)
        let signedIn = await other.signIn(await other.get("/sign-in"), "ada@example.org", password: Self.new)
        #expect(signedIn.target == "/account" && house.audit.count(.passwordChanged) == 1)
    }

    @Test("B024: a changed password ends what apps hold from elsewhere, offline too; unticked, nothing of it")
    func offlineAccess() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (browser, other) = (await signedIn(house), await signedIn(house, from: "192.0.2.2"))
        let scope = ["scope": "openid offline_access"]
        let mine = try await house.tokens(for: .shop, in: browser, scope)
        let theirs = try await house.tokens(for: .app, in: other, scope)
        let form = await browser.get("/account/password")
        let kept = await browser.submit(
            form, ["current": TestHouse.password, "password": "six blue harbour lamps", "end_others": nil],
            action: "/account/password")
        #expect(kept.text.contains("Your password is changed."))
        #expect(await TestApp.userInfo(theirs.access, at: house.reception).status == 200)
        let again = await browser.submit(
            await browser.get("/account/password"), ["current": "six blue harbour lamps", "password": Self.new],
            action: "/account/password")
        #expect(again.text.contains("Your password is changed."))
        #expect(await TestApp.userInfo(theirs.access, at: house.reception).status == 401)
        #expect(await TestApp.app.refresh(theirs.refresh ?? "", at: house.reception).error == "invalid_grant")
        #expect(await other.visit("/account").target == "/sign-in")
        #expect(await TestApp.userInfo(mine.access, at: house.reception).status == 200)
    }

    @Test(
        "The current password is needed, however long one is signed in (PW11)", arguments: ["", "wrong", "x".padding])
    func currentNeeded(current: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (browser, other) = (await signedIn(house), await signedIn(house, from: "192.0.2.2"))
        let page = await change(browser, from: current)
        #expect(page.status == 422 && page.text.contains("This is not your current password."))
        #expect(page.text.contains("id=\"current-error\""))
        #expect(await other.get("/account").status == 200)
        #expect(house.audit.count(.passwordChanged) == 0)
    }

    @Test(
        "A new password that is easy to guess is refused (PW1-PW3)",
        arguments: [
            "", "short", "passwordpassword", "ada@example.org ada", "Ada Lovelace 123",
            String(repeating: "z8#", count: 400),
            "localhostlocalhost",
        ])
    func rule(new: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let page = await change(browser, to: new)
        #expect(page.status == 422 && page.text.contains("id=\"password-error\""))
        #expect(house.audit.count(.passwordChanged) == 0)
    }

    @Test("Guessing the current password at an open browser is counted like signing in (PW7, PW11)")
    func throttled() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        for _ in 0..<10 { #expect(await change(browser, from: "wrong").status == 422) }
        let page = await change(browser)
        #expect(page.status == 429 && page.header("Retry-After") == "900")
        #expect(page.text.contains("too many tries"))
        #expect(await browser.get("/account").status == 200)
        house.clock.advance(900)
        #expect(await change(browser).status == 200)
    }

    @Test("Of two changes at once one wins, and the password is that one's (IN3)")
    func race() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let browser = await signedIn(house)
        let changes = await withTaskGroup(of: (Int, String).self) { group in
            for number in 0..<6 {
                let copy = browser.moved(to: number.isMultiple(of: 2) ? house.reception : sibling)
                group.addTask {
                    let new = "five green harbour lamps \(number)"
                    return (await change(copy, to: new).status, new)
                }
            }
            return await group.reduce(into: [(Int, String)]()) { $0.append($1) }
        }
        let won = changes.filter { $0.0 == 200 }
        #expect(won.count == 1)
        let other = house.browser(from: "192.0.2.2")
        let page = await other.signIn(
            await other.get("/sign-in"), "ada@example.org", password: won.first?.1 ?? TestHouse.password)
        #expect(page.target == "/account")
    }

    @Test("The fields are masked and can be filled by a password manager (PW4)")
    func fields() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let page = await browser.get("/account/password")
        #expect(page.text.contains(#"name="current" type="password" dir="ltr" autocomplete="current-password""#))
        #expect(page.text.contains(#"name="password" type="password" dir="ltr" autocomplete="new-password""#))
        #expect(!page.text.contains("onpaste") && !page.text.contains("maxlength"))
        let signIn = await house.browser().get("/sign-in")
        #expect(signIn.text.contains(#"autocomplete="current-password""#))
    }
}

extension String {
    /// Longer than any password may be.
    fileprivate var padding: String { String(repeating: self, count: 1025) }
}

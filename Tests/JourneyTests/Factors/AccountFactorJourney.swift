import Foundation
import Identity
import OAuth
import TestSupport
import Testing

@testable import Web

@Suite("Setting up a second step")
struct AccountFactorJourney {
    private static let app = FactorHolder.appPage

    private func signedIn(_ house: TestHouse) async throws -> (TestBrowser, Account) {
        let ada = try await house.person()
        return (await house.browser().signedIn(), ada)
    }

    @Test("B114: one chooses a kind, gets a key, types its first code, and is shown ten backup codes at once")
    func setUp() async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house)
        let security = await browser.get("/account/security")
        #expect(security.text.contains("Second step") && security.text.contains("href=\"/account/factors/set-up\""))
        let choice = await browser.get("/account/factors/set-up")
        for path in [Self.app, "/account/factors/mail", "/account/factors/passkeys"] {
            #expect(choice.text.contains("href=\"\(path)\""), "\(path)")
        }
        let page = await browser.get(Self.app)
        #expect(page.header("Cache-Control") == "no-store" && page.header("Referrer-Policy") == "no-referrer")
        let app = try TestAuthenticator(on: page)
        #expect(app.seed.count >= 20)
        #expect(try await !house.store.holdings(of: ada.id).isEnrolled, "nothing counts before the first code (MF1)")
        let old = browser.cookies
        let done = await browser.post(page, ["code": app.code(at: house.clock.now)], action: Self.app)
        #expect(done.status == 200 && Set(done.backupCodes).count == 10)
        #expect(done.header("Cache-Control") == "no-store" && done.header("Referrer-Policy") == "no-referrer")
        #expect(done.text.contains("href=\"/account/security\""))
        #expect(browser.cookies["martlet-session"] != old["martlet-session"])
        let thief = house.browser()
        thief.cookies = old
        #expect(await thief.visit("/account").target == "/sign-in", "SE2")
        let holdings = try await house.store.holdings(of: ada.id)
        #expect(holdings.factors.map(\.kind) == [.totp] && holdings.codesLeft == 10)
        #expect(try await house.posted(about: ada).contains(.firstFactorAdded))
        #expect(house.audit.count(.factorAdded) == 1)
    }

    @Test(
        "B114: the picture of the key is one path on white in the page itself, with the key as text and a link beside it"
    )
    func picture() async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        let page = await browser.get(Self.app)
        let svg = try #require(page.text.firstMatch(of: /<svg class="qr"[^>]*>(.*?)<\/svg>/))
        #expect(svg.1.components(separatedBy: "<path").count == 2 && svg.1.contains("fill=\"#fff\""))
        for part in ["role=\"img\"", "aria-label=\"", "shape-rendering=\"crispEdges\"", "viewBox=\"0 0 "] {
            #expect(svg.0.contains(part), "\(part)")
        }
        #expect(page.text.contains("href=\"otpauth://totp/") && !page.text.contains("<img src=\"data:"))
        #expect(page.value(of: "code") == nil && page.text.contains("autocomplete=\"one-time-code\""))
    }

    @Test(
        "B114, MF1: a wrong first code sets nothing up, and the same key stays", arguments: ["", "12345", "x", "wrong"])
    func wrongCode(typed: String) async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house)
        let page = await browser.get(Self.app)
        let app = try TestAuthenticator(on: page)
        let code = typed == "wrong" ? app.wrong(at: house.clock.now) : typed
        let again = await browser.post(page, ["code": code], action: Self.app)
        #expect(again.status == 422 && again.text.contains("id=\"code-error\"") && again.reference != nil)
        #expect(try TestAuthenticator(on: again).seed == app.seed && again.value(of: "code") == nil)
        #expect(again.cookies.isEmpty && again.backupCodes.isEmpty)
        #expect(try await !house.store.holdings(of: ada.id).isEnrolled)
        #expect(try await !house.posted(about: ada).contains(.firstFactorAdded))
        try await house.expect(again, Explained(.factor, "does not hold", "current code", "clock"))
        let right = await browser.post(again, ["code": app.code(at: house.clock.now)], action: Self.app)
        #expect(right.status == 200 && right.backupCodes.count == 10)
    }

    @Test("MF1: a key that lay about for more than a quarter of an hour is replaced, and so is somebody else's")
    func staleDraft() async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house)
        _ = try await house.person("bob@example.org")
        let other = await house.browser(from: "192.0.2.2").signedIn("bob@example.org")
        let foreign = await other.get(Self.app)
        let theirs = try TestAuthenticator(on: foreign)
        let draft = try #require(foreign.forms.first { $0.action == Self.app }?.fields["draft"])
        let page = await browser.get(Self.app)
        for value in [draft, "", "x", String(repeating: "A", count: 3000)] {
            let values = ["draft": value, "code": theirs.code(at: house.clock.now)]
            let answer = await browser.post(page, values, action: Self.app)
            #expect(answer.status == 422 && answer.text.contains("here is a new key"))
            #expect(try TestAuthenticator(on: answer).seed != theirs.seed)
        }
        #expect(try await !house.store.holdings(of: ada.id).isEnrolled)
    }

    @Test(
        "B114: whose address was never proven cannot set up anything, and is told what to do",
        arguments: [
            "/account/factors/set-up", "/account/factors/app", "/account/factors/mail", "/account/factors/mail/code",
            "/account/factors/passkeys",
        ])
    func unverified(path: String) async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house)
        try await house.store.database.write { connection in
            _ = try connection.execute("UPDATE accounts SET email_verified = 0 WHERE id = $1", [.text(ada.id)])
        }
        let page = await browser.get(path)
        #expect(page.status == 403 && page.heading == "Prove your email address first" && page.reference != nil)
        try await house.expect(page, Explained(.policy, "never proven", "proven", "mail"))
        let posted = await browser.forge(await browser.get("/account/security"), ["code": "123456"], to: path)
        #expect(posted.status == (path.hasSuffix("set-up") ? 405 : 403))
        #expect(try await !house.store.holdings(of: ada.id).isEnrolled)
        #expect(try await !house.posted(about: ada).contains(.secondFactorCode))
        #expect(!(await browser.get("/account/security").text.contains("href=\"/account/factors/set-up\"")))
    }

    @Test("B115: a sign-in of long ago sets nothing up; one proves who one is, and comes back with where one was going")
    func stale() async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house)
        let page = await browser.get(Self.app)
        let app = try TestAuthenticator(on: page)
        house.clock.advance(301)
        let late = await browser.post(page, ["code": app.code(at: house.clock.now)], action: Self.app)
        #expect(late.location == "/account/confirm?next=%2Faccount%2Ffactors%2Fapp")
        #expect(await browser.get(Self.app).location == late.location)
        let onward = await browser.get(Self.app + "?next=%2Faccount%2Fprofile")
        let back = "/account/factors/app?next=%2Faccount%2Fprofile"
        #expect(onward.location == "/account/confirm?next=" + FormEncoding.escape(back))
        #expect(try await !house.store.holdings(of: ada.id).isEnrolled)
        let confirmed = await browser.submit(
            await browser.follow(onward), ["password": TestHouse.password], action: "/account/confirm")
        #expect(confirmed.target == back)
        let done = await browser.post(
            confirmed, ["code": try TestAuthenticator(on: confirmed).code(at: house.clock.now)], action: Self.app)
        #expect(done.text.contains("<a class=\"button\" href=\"/account/profile\">I have kept them</a>"))
    }

    @Test(
        "WB9: nobody is led elsewhere by what stands in the address",
        arguments: [
            "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
        ])
    func elsewhere(next: String) async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        let page = await browser.get(Self.app + "?next=" + FormEncoding.escape(next))
        let code = try TestAuthenticator(on: page).code(at: house.clock.now)
        let done = await browser.post(page, ["code": code, "next": next], action: Self.app)
        #expect(done.status == 200 && !done.text.contains("evil.example") && !done.text.contains("javascript:"))
        #expect(done.text.contains("<a class=\"button\" href=\"/account/security\">"))
    }

    @Test("B109: a code by mail is sent by a button, shows that mails arrive, and becomes a second step of its own")
    func mailCode() async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house)
        let before = try await house.mail(to: "ada@example.org").count
        let ask = await browser.get("/account/factors/mail")
        #expect(ask.text.contains("ada@example.org"))
        #expect(try await house.mail(to: "ada@example.org").count == before, "looking sends nothing")
        let waiting = await browser.submit(ask, [:], action: "/account/factors/mail")
        #expect(waiting.target == "/account/factors/mail/code")
        let wrong = await browser.submit(waiting, ["code": "x"], action: "/account/factors/mail/code")
        #expect(wrong.status == 422)
        #expect(try await !house.store.holdings(of: ada.id).isEnrolled)
        let code = try #require(try await house.latestMail(to: "ada@example.org").code)
        let done = await browser.submit(wrong, ["code": code], action: "/account/factors/mail/code")
        #expect(done.status == 200 && done.backupCodes.count == 10)
        #expect(try await house.store.holdings(of: ada.id).factors.map(\.kind) == [.mailCode])
        #expect(!(await browser.get("/account/factors/set-up").text.contains("href=\"/account/factors/mail\"")))
    }

    @Test("The page of passkeys has the form that its script knows, hidden, and names the other ways")
    func passkeyPage() async throws {
        let house = try await TestHouse()
        let (browser, _) = try await signedIn(house)
        let page = await browser.get("/account/factors/passkeys")
        let form = try #require(page.text.firstMatch(of: /<form[^>]*data-passkey="register"[^>]*>/)).0
        for part in ["data-options=\"{", "data-cancelled=\"", "data-failed=\"", "data-taken=\"", " hidden>"] {
            #expect(form.contains(part), "\(part)")
        }
        #expect(page.text.contains("<input type=\"hidden\" name=\"answer\" value=\"\">"))
        #expect(page.text.contains("<p class=\"fault\" role=\"alert\" hidden></p>"))
        #expect(page.text.contains("it takes JavaScript") && page.text.contains("href=\"/account/factors/app\""))
    }

    @Test(
        "An answer that no authenticator gave sets nothing up",
        arguments: ["", "{}", "null", "[]", "{\"id\":\"AA\"}", String(repeating: "{", count: 200)])
    func passkeyAnswer(answer: String) async throws {
        let house = try await TestHouse()
        let (browser, ada) = try await signedIn(house)
        let page = await browser.get("/account/factors/passkeys")
        let posted = await browser.post(page, ["answer": answer], action: "/account/factors/passkeys")
        #expect(posted.status == 422 && posted.reference != nil && posted.cookies.isEmpty)
        try await house.expect(posted, Explained(.factor, "does not hold", "authenticator", "again"))
        #expect(try await !house.store.holdings(of: ada.id).isEnrolled)
    }
}

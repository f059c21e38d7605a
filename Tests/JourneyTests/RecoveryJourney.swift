import Foundation
import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("A forgotten password")
struct RecoveryJourney {
    static let new = "five green harbour lamps"

    /// As far as the page with the code.
    @discardableResult
    static func ask(_ browser: TestBrowser, for email: String = "ada@example.org", at page: String = "/recovery") async
        -> TestPage
    {
        await browser.submit(await browser.get(page), ["email": email])
    }

    @Test(
        "By the link: a new password, every session and token dead, and a mail that tells of it (B024, B064, B065, PW12)"
    )
    func byLink() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let elsewhere = house.browser(from: "192.0.2.2")
        _ = await elsewhere.signIn(await elsewhere.get("/sign-in"), "ada@example.org")
        let scope = ["scope": "openid offline_access"]
        let tokens = try await house.tokens(for: .app, in: elsewhere, scope)
        let browser = house.browser()
        let sent = await Self.ask(browser)
        #expect(sent.heading == "Check your mail" && sent.target == "/recovery/sent")
        let mail = try await house.latestMail(to: "ada@example.org", leading: "/recovery/")
        let link = try #require(mail.paths.first)
        // Possession of the mailbox is the proof: any browser will do.
        let reader = house.browser(from: "192.0.2.3")
        let page = await reader.get(link)
        #expect(page.status == 200 && page.heading == "Choose a new password")
        #expect(page.header("Referrer-Policy") == "no-referrer" && page.header("Cache-Control") == "no-store")
        let signIn = await reader.submit(page, ["password": Self.new])
        #expect(signIn.heading == "Sign in" && signIn.text.contains("Your new password is set."))
        #expect(signIn.value(of: "email") == "ada@example.org")
        #expect(signIn.cookies.isEmpty)
        #expect(await reader.get("/account").location == "/sign-in")
        #expect(await elsewhere.visit("/account").target == "/sign-in")
        let refreshed = await TestApp.app.refresh(try #require(tokens.refresh), at: house.reception)
        #expect(refreshed.error == "invalid_grant")
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 401)
        #expect(await reader.signIn(signIn, "ada@example.org", password: Self.new).target == "/account")
        #expect(await browser.signIn(await browser.get("/sign-in"), "ada@example.org").status == 422)
        #expect(try await house.mail(to: "ada@example.org").contains { $0.paths == ["/recovery"] && $0.code == nil })
        #expect(house.audit.count(.passwordReset) == 1)
    }

    @Test("By the code, in the browser that asked and no other (ML2, ML8)")
    func byCode() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (browser, other) = (house.browser(), house.browser(from: "192.0.2.2"))
        let sent = await Self.ask(browser)
        let code = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").code)
        let foreign = await other.submit(await other.get("/recovery/sent"), ["code": code])
        #expect(foreign.status == 422 && foreign.text.contains("id=\"code-error\""))
        let page = await browser.submit(sent, ["code": " " + code.lowercased().replacing("-", with: " ")])
        #expect(page.heading == "Choose a new password" && !page.text.contains(code))
        #expect(await browser.submit(page, ["password": Self.new]).heading == "Sign in")
    }

    @Test("Wrong codes: five tries, the same words for everybody, and the link still works (ML8, PW10)")
    func wrongCodes() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (browser, stranger) = (house.browser(), house.browser(from: "198.51.100.2"))
        let (sent, nobody) = (await Self.ask(browser), await Self.ask(stranger, for: "nobody@example.org"))
        for number in 1...7 {
            let mine = await browser.submit(sent, ["code": "AAAA-AAAA"])
            let theirs = await stranger.submit(nobody, ["code": "AAAA-AAAA"])
            #expect(mine.status == 422 && theirs.status == 422)
            let words = number <= 5 ? "does not match" : "only the link"
            for page in [mine, theirs] { #expect(page.text.contains(words), "try \(number)") }
        }
        let mail = try await house.latestMail(to: "ada@example.org", leading: "/recovery/")
        #expect(await browser.submit(sent, ["code": mail.code]).status == 422)
        #expect(await browser.get(try #require(mail.paths.first)).status == 200)
    }

    @Test("The page, its status and its headers are one for everybody, and mail goes to one alone (PW10, B013)")
    func uniform() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let disabled = try await house.person("disabled@example.org")
        _ = try await house.store.setStatus(.disabled, of: disabled.id, at: house.clock.now)
        var pages: [TestPage] = []
        let addresses = ["ada@example.org", "ADA@example.org", "nobody@example.org", "disabled@example.org"]
        for (number, address) in addresses.enumerated() {
            let browser = house.browser(from: "192.0.\(number).1")
            let form = await browser.get("/recovery")
            let reply = await browser.post(form, ["email": address])
            #expect(reply.status == 303 && reply.location == "/recovery/sent" && reply.cookies.isEmpty)
            pages.append(await browser.follow(reply))
        }
        let texts = Set(pages.map { $0.text.replacing(/value="[^"]*"/, with: "") })
        #expect(texts.count == 1)
        #expect(Set(pages.map(\.status)) == [200])
        let mails = try await house.mail()
        #expect(Set(mails.map(\.to)) == ["ada@example.org"] && mails.count == 2)
    }

    @Test(
        "An address that is none comes back with a sentence, and asks for nothing (B012)",
        arguments: [
            "", "ada", "a@b,c@d.example", "\"ada\"@example.org", "ada@example.org\r\nBcc: eve@example.org",
            "ada＠example.org",
        ])
    func malformed(typed: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let page = await browser.post(await browser.get("/recovery"), ["email": typed])
        #expect(page.status == 422 && page.text.contains("id=\"email-error\""))
        #expect(try await house.mail().isEmpty)
    }

    @Test("GET and HEAD of the link spend nothing, however often a scanner looks (ML3)")
    func scanners() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        await Self.ask(house.browser())
        let link = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        for number in 1...5 {
            let scanner = house.browser(from: "198.51.100.\(number)")
            #expect(await scanner.get(link).status == 200)
            #expect(await scanner.send(.head, link).status == 200)
        }
        let browser = house.browser()
        #expect(await browser.submit(await browser.get(link), ["password": Self.new]).heading == "Sign in")
    }

    @Test("A used, expired, superseded, foreign or mutilated link gets one page, which leads to a new mail (B004, ML1)")
    func deadLinks() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        await Self.ask(browser)
        let first = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        house.clock.advance(31)
        await Self.ask(browser)
        let second = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        let form = await browser.get(second)
        #expect(await browser.submit(form, ["password": Self.new]).heading == "Sign in")
        house.clock.advance(31)
        await Self.ask(browser)
        let third = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        house.clock.advance(601)
        let dead = [
            first, second, third, second + "x", String(second.dropLast()), "/recovery/x",
            second.replacing("mml_", with: "mac_"), "/recovery/mml_" + String(repeating: "A", count: 43),
        ]
        var texts: Set<String> = []
        for link in dead {
            for page in [await browser.get(link), await browser.forge(form, ["password": Self.new], to: link)] {
                #expect(page.status == 404, "\(link)")
                texts.insert(page.text.replacing(/<code id="reference">[^<]*</, with: ""))
            }
        }
        #expect(texts.count == 1)
        #expect(texts.first?.contains("href=\"/recovery\"") == true)
    }

    @Test(
        "A weak password is refused with a reason, and the link is good for another try (PW1, PW3, B065)",
        arguments: [
            "", "short", "passwordpassword", "ada@example.org ada", "Ada Lovelace 123",
            String(repeating: "z8#", count: 400),
        ])
    func weak(password: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        await Self.ask(browser)
        let form = await browser.get(
            try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first))
        let page = await browser.post(form, ["password": password])
        #expect(page.status == 422 && page.text.contains("id=\"password-error\""))
        #expect(house.audit.count(.passwordReset) == 0)
        #expect(await browser.submit(page, ["password": Self.new]).heading == "Sign in")
    }

    @Test("No step can be left out, reordered or borrowed (PW12)")
    func steps() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let eve = try await house.person("eve@example.org")
        let browser = house.browser(from: "192.0.2.66")
        let ada = house.browser()
        await Self.ask(ada)
        let sent = await Self.ask(browser, for: "eve@example.org")
        let mail = try await house.latestMail(to: "eve@example.org", leading: "/recovery/")
        let link = try #require(mail.paths.first)
        let form = await browser.get(link)
        let csrf = form.forms.first?.fields["csrf"]
        // Without a proof, with somebody else's account in hidden fields, with an empty form.
        let attempts: [(path: String, form: [String: String?])] = [
            ("/recovery/sent", ["code": "", "password": Self.new, "email": "ada@example.org"]),
            ("/recovery/sent", ["password": Self.new]),
            ("/recovery", ["email": "", "password": Self.new, "account": "ada@example.org"]),
            ("/recovery/x", ["password": Self.new, "email": "ada@example.org", "csrf": csrf]),
            ("/recovery/", ["password": Self.new]),
        ]
        for (path, values) in attempts {
            let reply = await browser.post(sent, values.merging(["csrf": csrf]) { $1 }, action: path)
            #expect([422, 404].contains(reply.status), "\(path) \(reply.status)")
        }
        #expect(house.audit.count(.passwordReset) == 0)
        // The account is the link's, whatever the form says.
        let done = await browser.submit(
            form, ["password": Self.new, "email": "ada@example.org", "account": "x", "subject": "y"])
        #expect(done.heading == "Sign in")
        #expect(house.audit.events.last { $0.kind == .passwordReset }?.subject == eve.id)
        #expect(await ada.signIn(await ada.get("/sign-in"), "ada@example.org").target == "/account")
        #expect(await browser.post(form, ["password": "another long password here"]).status == 404)
    }

    @Test("The paused request goes on after it in the same browser, and waits in another (B052)")
    func paused() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let signIn = await browser.visit(TestApp.shop.request())
        let handle = try #require(signIn.handle)
        #expect(signIn.text.contains("/recovery?request=" + handle))
        await Self.ask(browser, at: "/recovery?request=" + handle)
        let link = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        let again = await browser.submit(await browser.get(link), ["password": Self.new])
        #expect(again.heading == signIn.heading && again.handle == handle)
        let consent = await browser.signIn(again, "ada@example.org", password: Self.new)
        #expect(await browser.submit(consent, ["decision": "allow"]).answer["code"] != nil)
        let asking = house.browser(from: "192.0.2.2")
        let other = await asking.visit(TestApp.shop.request())
        await Self.ask(asking, at: "/recovery?request=" + (try #require(other.handle)))
        let second = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        let reader = house.browser(from: "192.0.2.3")
        let elsewhere = await reader.submit(await reader.get(second), ["password": Self.new + " again"])
        #expect(elsewhere.status == 200 && elsewhere.heading == "Sign in")
    }

    @Test("Recovery works while the account is guessed at from everywhere, and lets its person in after it (PW9)")
    func underAttack() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        for number in 0..<101 {
            let guesser = house.browser(from: "10.\(number).0.1")
            _ = await guesser.signIn(await guesser.get("/sign-in"), "ada@example.org", password: "wrong all the way")
        }
        let browser = house.browser()
        let locked = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        #expect(locked.status == 429)
        await Self.ask(browser)
        let link = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        let signIn = await browser.submit(await browser.get(link), ["password": Self.new])
        #expect(await browser.signIn(signIn, "ada@example.org", password: Self.new).target == "/account")
    }

    @Test("Somebody without a password gets a first one this way, and an unproven address is proven by it (ML9)")
    func firstPassword() async throws {
        let house = try await TestHouse()
        let now = house.clock.now
        let invited = Account(
            id: "invited", email: try #require(EmailAddress("ivy@example.org")), isEmailVerified: false,
            profile: Profile(name: "Ivy"), passwordHash: nil, createdAt: now, updatedAt: now)
        #expect(try await house.store.create(invited))
        let browser = house.browser()
        await Self.ask(browser, for: "ivy@example.org")
        let link = try #require(try await house.latestMail(to: "ivy@example.org", leading: "/recovery/").paths.first)
        let signIn = await browser.submit(await browser.get(link), ["password": Self.new])
        #expect(try await house.store.account(id: "invited")?.isEmailVerified == true)
        #expect(await browser.signIn(signIn, "ivy@example.org", password: Self.new).target == "/account")
    }

    @Test("Of two resets at once one counts (ML1, IN3)")
    func race() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let browser = house.browser()
        await Self.ask(browser)
        let form = await browser.get(
            try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first))
        let statuses = await withTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                let copy = browser.moved(to: number.isMultiple(of: 2) ? house.reception : sibling)
                group.addTask { await copy.post(form, ["password": "five green harbour lamps \(number)"]).status }
            }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 303 } == 1 && statuses.count { $0 == 404 } == 7)
    }

    @Test("No token of it is in the database, the log or an address of a later page (ML12, TK6)")
    func secrecy() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let sent = await Self.ask(browser)
        let mail = try await house.latestMail(to: "ada@example.org", leading: "/recovery/")
        let (link, code) = (try #require(mail.paths.first), try #require(mail.code))
        let own = await browser.submit(sent, ["code": code])
        let signIn = await browser.submit(own, ["password": Self.new])
        let secrets = [link, own.target].map { $0.replacing("/recovery/", with: "") } + [code, Self.new]
        let kept = String(decoding: try await house.database.bytes(), as: UTF8.self)
        for secret in secrets {
            #expect(!kept.contains(secret) && !signIn.target.contains(secret) && !signIn.text.contains(secret))
            #expect(!house.log.lines.contains { $0.contains(secret) })
        }
    }
}

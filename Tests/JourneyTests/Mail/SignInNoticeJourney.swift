import Foundation
import Identity
import OAuth
import Testing

@testable import martlet

@Suite("Notices of sign-ins, and “this was not me” (B077, B094, B095, PW14)")
struct SignInNoticeJourney {
    /// Ada has signed in once, in her own browser.
    private static func house() async throws -> (TestHouse, Account, TestBrowser) {
        let house = try await TestHouse()
        let ada = try await house.person()
        let own = house.browser()
        try await signIn(own)
        return (house, ada, own)
    }

    @discardableResult
    private static func signIn(_ browser: TestBrowser, with agent: String? = nil) async throws -> TestPage {
        // As if it had run out: whoever is signed in is not asked.
        browser.cookies = browser.cookies.filter { !$0.key.contains("session") }
        let page = await browser.get("/sign-in")
        let form = ["email": "ada@example.org", "password": TestHouse.password]
        let answer = await browser.post(
            page, form, action: "/sign-in", headers: agent.map { ["User-Agent": $0] } ?? [:])
        try #require(answer.status == 303, "\(answer.text)")
        return answer
    }

    @Test("The first sign-in after an account is made tells nobody anything they do not know")
    func first() async throws {
        let (house, _, _) = try await Self.house()
        #expect(try await house.mail().isEmpty)
    }

    @Test("The first sign-in into an account that was made long ago is told")
    func lateFirst() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        house.clock.advance(3601)
        try await Self.signIn(house.browser())
        #expect(try await house.mail().map(\.subject) == ["New sign-in to your account at localhost"])
    }

    @Test("B077: a browser not seen before is told: which, from where, when, how, and what to do")
    func unknown() async throws {
        let (house, _, _) = try await Self.house()
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
        try await Self.signIn(house.browser(from: "203.0.113.9"), with: agent)
        let mail = try await house.latestMail(to: "ada@example.org")
        for fact in [
            "When: 15 January 2027 at 08:00 UTC", "Browser: Firefox on Windows", "Place: Unknown",
            "Network address: 203.0.113.9", "Signed in with: Password", "Hello Ada Lovelace,",
        ] {
            #expect(mail.text.contains("\n\(fact)\n"), "\(fact)")
        }
        #expect(mail.paths.count == 1 && mail.paths[0].hasPrefix("/not-me/mdn_"))
    }

    @Test("A known browser sends nothing, however often and from wherever it signs in")
    func known() async throws {
        let (house, _, own) = try await Self.house()
        for _ in 1...3 {
            house.clock.advance(86_400)
            try await Self.signIn(own)
        }
        #expect(try await house.mail().isEmpty)
    }

    @Test(
        "B094: by preference every sign-in is told, or none",
        arguments: [(Preferences.SignInNotices.all, 2), (.newBrowsers, 1), (.none, 0)])
    func preference(notices: Preferences.SignInNotices, count: Int) async throws {
        let (house, ada, own) = try await Self.house()
        _ = try await house.store.decide(.signInNotices(notices), of: ada.id, mailing: [])
        try await Self.signIn(own)
        try await Self.signIn(house.browser())
        #expect(try await house.mail().count == count)
    }

    @Test("A refused sign-in is told to nobody: strangers must not fill a mailbox")
    func refused() async throws {
        let (house, _, _) = try await Self.house()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org", password: "wrong all the way")
        #expect(try await house.mail().isEmpty)
    }

    /// A stranger has signed in as Ada; what the mail leads to.
    private static func intrusion() async throws -> (TestHouse, own: TestBrowser, thief: TestBrowser, path: String) {
        let (house, _, own) = try await Self.house()
        let thief = house.browser(from: "203.0.113.9")
        try await signIn(thief)
        let path = try #require(try await house.latestMail(to: "ada@example.org").paths.first)
        return (house, own, thief, path)
    }

    @Test(
        "B094, ML3: opening the link ends nothing, however often; its button ends what was opened, without signing in"
    )
    func denied() async throws {
        let (house, own, thief, path) = try await Self.intrusion()
        let anywhere = house.browser(from: "198.51.100.20")
        for _ in 1...3 {
            let page = await anywhere.get(path)
            #expect(page.status == 200 && page.heading == "Was this not you?" && page.text.contains("203.0.113.9"))
        }
        #expect(await thief.get("/account").status == 200)
        let answer = await anywhere.post(await anywhere.get(path), [:])
        #expect(answer.status == 303 && answer.location == "/recovery")
        #expect(await thief.get("/account").status != 200)
        #expect(await own.get("/account").status == 200)
        #expect(house.audit.events.last { $0.kind == .signInDenied }?.details["count"] == "1")
    }

    @Test("B094: whoever signs in twice with a stranger's browser is out of both sessions, and so are the apps")
    func twice() async throws {
        let (house, own, thief, path) = try await Self.intrusion()
        let stolen = thief.cookies
        try await Self.signIn(thief)
        let tokens = try await house.tokens(for: .app, in: thief, ["scope": "openid offline_access"])
        let refresh = try #require(tokens.refresh)
        #expect(try await house.mail().count == 1, "the second sign-in told nobody")
        let first = house.browser()
        first.cookies = stolen
        #expect(await first.get("/account").status == 200)
        let anywhere = house.browser(from: "198.51.100.20")
        #expect(await anywhere.post(await anywhere.get(path), [:]).status == 303)
        for browser in [first, thief] { #expect(await browser.get("/account").status != 200) }
        #expect(await TestApp.app.refresh(refresh, at: house.reception).error == "invalid_grant")
        #expect(await own.get("/account").status == 200)
        #expect(house.audit.events.last { $0.kind == .signInDenied }?.details["count"] == "2")
        try await Self.signIn(thief)
        #expect(try await house.mail().count == 2)
    }

    @Test("The link is good once")
    func once() async throws {
        let (house, _, _, path) = try await Self.intrusion()
        let browser = house.browser()
        let form = await browser.get(path)
        #expect(await browser.post(form, [:]).status == 303)
        #expect(await browser.post(form, [:]).status == 404)
        #expect(await browser.get(path).status == 404)
    }

    @Test("The link works for seven days, whether or not the session still lives")
    func lifetime() async throws {
        let (house, _, thief, path) = try await Self.intrusion()
        _ = await thief.submit(await thief.get("/logout"), ["decision": "sign-out"])
        house.clock.advance(7 * 86_400 - 1)
        let browser = house.browser()
        let form = await browser.get(path)
        #expect(form.text.contains("signed out already"))
        house.clock.advance(1)
        #expect(await browser.get(path).status == 404)
        #expect(await browser.post(form, [:]).status == 404)
    }

    @Test("A denied browser is a stranger again: its next sign-in is told")
    func strangerAgain() async throws {
        let (house, _, thief, path) = try await Self.intrusion()
        let browser = house.browser()
        _ = await browser.post(await browser.get(path), [:])
        try await Self.signIn(thief)
        #expect(try await house.mail().count == 2)
    }

    @Test("Apps that were connected in the denied session lose their access, offline access included")
    func apps() async throws {
        let (house, _, _) = try await Self.house()
        let thief = house.browser(from: "203.0.113.9")
        let tokens = try await house.tokens(for: .app, in: thief, ["scope": "openid offline_access"])
        let refresh = try #require(tokens.refresh)
        let path = try #require(try await house.latestMail(to: "ada@example.org").paths.first)
        let browser = house.browser()
        _ = await browser.post(await browser.get(path), [:])
        #expect(await TestApp.app.refresh(refresh, at: house.reception).error == "invalid_grant")
    }

    @Test(
        "A link that is none is one page, whatever it is",
        arguments: [
            "", "x", "mdn_", "mdn_" + String(repeating: "A", count: 43), "mse_" + String(repeating: "A", count: 43),
            "mdn_" + String(repeating: "A", count: 44), "mdn_%00", "../account",
        ])
    func dead(token: String) async throws {
        let house = try await TestHouse()
        let page = await house.browser().get("/not-me/" + token)
        #expect(page.status == 404)
    }

    @Test("WB12: the link stands in no header and no log")
    func secret() async throws {
        let (house, _, _, path) = try await Self.intrusion()
        let browser = house.browser()
        let page = await browser.get(path)
        #expect(page.header("Referrer-Policy") == "no-referrer" && page.header("Cache-Control") == "no-store")
        _ = await browser.post(page, [:])
        let token = path.dropFirst("/not-me/".count)
        #expect(!house.log.lines.contains { $0.contains(token) })
        #expect(try await house.database.bytes().range(of: Data(token.utf8)) == nil)
    }

    @Test("IN3: of two who press the button at once one is answered")
    func race() async throws {
        let (house, _, _, path) = try await Self.intrusion()
        let browser = house.browser()
        let form = await browser.get(path)
        let answers = await withTaskGroup(of: Int.self) { group in
            for _ in 1...10 { group.addTask { await browser.post(form, [:]).status } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 == 303 } == 1 && answers.count { $0 == 404 } == 9)
    }
}

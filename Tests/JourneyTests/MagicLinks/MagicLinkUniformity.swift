import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("What is told about people who ask to sign in by mail")
struct MagicLinkUniformity {
    /// People of every kind, where links are for who has chosen them.
    private func people(_ house: TestHouse) async throws {
        for name in ["known", "left", "removed", "disabled", "upstream"] {
            try await house.optIn(house.person("\(name)@example.org"))
        }
        _ = try await house.person("without@example.org")
        try await house.optIn(house.unprovenPerson("unproven@example.org"))
        func id(_ name: String) async throws -> String {
            try #require(try await house.store.account(canonicalEmail: "\(name)@example.org")).id
        }
        let now = house.clock.now
        #expect(try await house.store.delete(id("left"), by: .person, mailing: [], at: now) == .deleted)
        #expect(try await house.store.delete(id("removed"), by: .operator, mailing: [], at: now) == .deleted)
        #expect(try await house.store.setStatus(.disabled, of: id("disabled"), at: now))
        let upstream = try #require(try await house.store.account(id: id("upstream")))
        try await house.note("github", of: upstream)
        let without = try #require(try await house.store.account(id: id("without")))
        try await house.note("pwd", of: without)
    }

    @Test(
        "PW10, B013, B136, B146: known, unknown, not permitted, disabled and deleted people are answered to the byte alike"
    )
    func pages() async throws {
        let house = try await TestHouse.linking(.optIn)
        try await people(house)
        var answers: [String: [String]] = [:]
        let names = [
            "known", "left", "removed", "disabled", "upstream", "without", "unproven", "nobody",
        ]
        for (number, name) in names.enumerated() {
            let address = "\(name)@example.org"
            let browser = house.browser(from: "10.\(number).0.1")
            let signIn = await browser.visit(TestApp.app.request())
            let handle = try #require(signIn.handle)
            let form = await browser.get("/magic-link?request=" + handle)
            let redirect = await browser.post(form, ["email": address], action: "/magic-link")
            #expect(redirect.status == 303 && redirect.cookies.isEmpty)
            let sent = await browser.follow(redirect)
            var pages = [form, redirect, sent]
            for _ in 0..<6 {
                pages.append(await browser.submit(sent, ["code": "ABCD-EFGH"], action: "/magic-link/code"))
            }
            for _ in 0..<2 {
                pages.append(await browser.submit(sent, [:], action: "/magic-link/again"))
                house.clock.advance(31)
            }
            answers[name] = pages.map { $0.told(address).replacing(handle, with: "HANDLE") }
        }
        let expected = try #require(answers["nobody"])
        for name in names { #expect(answers[name] == expected, "\(name)") }
        #expect(expected[2].contains("If you can sign in by mail"))
    }

    @Test("PW10: in which spelling an account has its address is told to nobody who types it in another")
    func spelling() async throws {
        let house = try await TestHouse.linking()
        _ = try await house.person("Known@example.org")
        var seen: Set<String> = []
        for (number, name) in ["kNOWN", "nOBODY"].enumerated() {
            let typed = "\(name)@EXAMPLE.org"
            let browser = house.browser(from: "10.\(number).0.1")
            let sent = await browser.askForLink(typed)
            house.clock.advance(31)
            let again = await browser.submit(sent, [:], action: "/magic-link/again")
            for page in [sent, again] {
                seen.insert("\(page.target) \(page.told(typed.lowercased()).replacing(typed, with: "ADDRESS"))")
            }
        }
        #expect(seen.count == 2 && seen.allSatisfy { $0.contains("ADDRESS") })
        #expect(try await house.letters(.magicLink).map(\.to.typed) == ["Known@example.org", "Known@example.org"])
    }

    @Test(
        "B013, B086, B088, B136, B137, SE6: a link goes to who may, word of another way to who may not, and nothing elsewhere"
    )
    func letters() async throws {
        let house = try await TestHouse.linking(.optIn)
        try await people(house)
        for (number, name) in ["known", "left", "removed", "disabled", "upstream", "without", "unproven", "nobody"]
            .enumerated()
        {
            await house.browser(from: "10.\(number).0.1").askForLink("\(name)@example.org")
        }
        let links = try await house.letters(.magicLink).map(\.to.canonical)
        #expect(Set(links) == ["known@example.org", "left@example.org", "unproven@example.org"] && links.count == 3)
        let hints = try await house.letters(.magicLinkNotForYou)
        #expect(Set(hints.map(\.to.canonical)) == ["upstream@example.org", "without@example.org"] && hints.count == 2)
        #expect(try await house.letters().count == 5)
        for hint in hints {
            #expect(hint.code == nil && hint.path == "/sign-in" && hint.secondPath == "/recovery")
        }
        let asked = house.audit.events.filter { $0.kind == .mailProofAsked }
        #expect(asked.allSatisfy { $0.details["purpose"] == "magic_link" } && asked.count == 8)
        #expect(asked.compactMap { $0.details["result"] }.filter { $0 == "mailed" }.count == 5)
    }

    @Test("B137: the mail to people of a provider names it, leads to the sign-in page, and has no token and no code")
    func hint() async throws {
        let house = try await TestHouse.linking()
        let ada = try await house.person()
        for method in ["pwd", "email", "github", "discord"] { try await house.note(method, of: ada) }
        let browser = house.browser()
        let handle = try #require(await browser.visit(TestApp.app.request()).handle)
        await browser.askForLink(at: "/magic-link?request=" + handle)
        let mail = try await house.latestMail(to: "ada@example.org")
        #expect(mail.paths == ["/sign-in?request=" + handle, "/recovery?request=" + handle] && mail.code == nil)
        #expect(mail.text.lowercased().contains("github") && mail.text.lowercased().contains("discord"))
        #expect(!mail.message.contains("mml_") && !mail.html.contains("mml_") && !mail.text.contains("/magic-link"))
        #expect(try await house.mail().count == 1)
        // The code that nobody was sent is worth as much as any other wrong one.
        let page = await browser.submit(
            await browser.get("/magic-link/code"), ["code": "ABCD-EFGH"], action: "/magic-link/code")
        #expect(page.status == 422 && !browser.isSignedIn)
        #expect(await browser.visit("/sign-in?request=" + handle).handle == handle, "and its link goes on")
    }

    @Test("B137: of a person's ways the mail names those that are none by mail")
    func ways() async throws {
        let house = try await TestHouse.linking(.optIn)
        let ada = try await house.person()
        for method in ["pwd", "email"] { try await house.note(method, of: ada) }
        await house.browser().askForLink()
        let letter = try #require(try await house.letters(.magicLinkNotForYou).last)
        #expect(letter.facts.filter { $0.fact == .method }.map(\.value) == ["pwd"])
        #expect(try await house.latestMail(to: "ada@example.org").text.contains("Password"))
    }

    @Test("PW10: asked for again, people get what they would have got, and the others nothing")
    func again() async throws {
        let house = try await TestHouse.linking(.optIn)
        try await people(house)
        for (number, name) in ["known", "without", "nobody"].enumerated() {
            let browser = house.browser(from: "10.\(number).0.1")
            let sent = await browser.askForLink("\(name)@example.org")
            house.clock.advance(31)
            let again = await browser.submit(sent, [:], action: "/magic-link/again")
            #expect(again.heading == sent.heading && again.text.contains("\(name)@example.org"))
        }
        #expect(
            try await house.letters(.magicLink).map(\.to.canonical) == Array(repeating: "known@example.org", count: 2))
        #expect(try await house.letters(.magicLinkNotForYou).count == 2)
        // Whoever waits for nothing asks for nothing.
        let stranger = house.browser(from: "10.9.0.1")
        _ = await stranger.submit(await stranger.get("/magic-link/code"), [:], action: "/magic-link/again")
        #expect(try await house.letters().count == 4)
    }
}

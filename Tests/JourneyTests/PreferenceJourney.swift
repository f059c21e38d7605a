import Identity
import OAuth
import Testing

@testable import Web

@Suite("What people decide about their sign-in")
struct PreferenceJourney {
    private static let magicLinks = "/account/preferences/magic-links"
    private static let notices = "/account/preferences/notices"

    private func signedIn() async throws -> (TestHouse, TestBrowser, Account) {
        let house = try await TestHouse()
        let ada = try await house.person()
        return (house, await house.browser().signedIn(), ada)
    }

    private func preferences(_ house: TestHouse, _ ada: Account) async throws -> Preferences {
        try await house.store.preferences(of: ada.id)
    }

    @Test("B092, B086: who never decided has the defaults: no links, and mail about new browsers")
    func defaults() async throws {
        let (house, browser, ada) = try await signedIn()
        let page = await browser.get("/account/preferences")
        #expect(page.status == 200 && page.text.contains("Links are switched off."))
        #expect(page.text.contains(#"value="new_browsers" checked"#))
        #expect(try await preferences(house, ada) == Preferences())
    }

    @Test("B093: links are switched on by a form after a warning, told by mail, and off again at once")
    func magicLinks() async throws {
        let (house, browser, ada) = try await signedIn()
        let warning = await browser.get("/account/preferences/switch-on-magic-links")
        #expect(warning.text.contains("whoever can read your mail"))
        #expect(try await preferences(house, ada).magicLinks == false)
        let done = await browser.submit(warning, ["value": "on"], action: Self.magicLinks)
        #expect(
            done.text.contains("switched on. We have written to you") && done.text.contains("Links are switched on."))
        #expect(try await preferences(house, ada).magicLinks)
        #expect(try await house.posted(about: ada) == [.magicLinksTurnedOn])
        let off = await browser.submit(done, ["value": "off"], action: Self.magicLinks)
        #expect(off.text.contains("are switched off."))
        #expect(try await preferences(house, ada).magicLinks == false)
        let events = house.audit.events.filter { $0.kind == .preferenceChanged }.map(\.details)
        #expect(
            events == [["preference": "magic_links", "value": "on"], ["preference": "magic_links", "value": "off"]])
        #expect(try await house.posted(about: ada).count == 1, "mail for the weaker, none for the stronger")
    }

    @Test(
        "B093: GET switches nothing and is 405",
        arguments: ["/account/preferences/magic-links", "/account/preferences/notices"])
    func byGet(path: String) async throws {
        let (house, browser, ada) = try await signedIn()
        #expect(await browser.get(path + "?value=on&sure=yes").status == 405)
        #expect(try await preferences(house, ada) == Preferences())
    }

    @Test("B093: what weakens protection asks again who one is; a session left open cannot do it")
    func freshness() async throws {
        let (house, browser, ada) = try await signedIn()
        let page = await browser.get("/account/preferences/switch-on-magic-links")
        house.clock.advance(301)
        let late = await browser.post(page, ["value": "on"], action: Self.magicLinks)
        #expect(late.location == "/account/confirm?next=%2Faccount%2Fpreferences%2Fswitch-on-magic-links")
        let csrf = page.forms.first?.fields["csrf"]
        let silent = await browser.post(page, ["csrf": csrf, "value": "none", "sure": "yes"], action: Self.notices)
        #expect(silent.location?.hasPrefix("/account/confirm?") == true)
        #expect(try await preferences(house, ada) == Preferences())
        let asked = await browser.visit("/account/preferences/switch-off-notices")
        #expect(asked.heading == "Confirm it is you")
        let confirmed = await browser.submit(asked, ["password": TestHouse.password])
        #expect(confirmed.target == "/account/preferences/switch-off-notices")
        #expect(
            await browser.post(await browser.get("/account/preferences"), ["value": "all"], action: Self.notices).status
                == 303, "the stronger needs none")
    }

    @Test("B096: hearing of nothing takes two steps and a strong warning; it is the last that is told, and recorded")
    func silence() async throws {
        let (house, browser, ada) = try await signedIn()
        let warning = await browser.submit(
            await browser.get("/account/preferences"), ["value": "none"], action: Self.notices)
        #expect(warning.text.contains("quickest way to notice") && warning.target.hasSuffix("switch-off-notices"))
        #expect(try await preferences(house, ada).signInNotices == .newBrowsers)
        let done = await browser.submit(warning, ["sure": "yes"], action: Self.notices)
        #expect(done.text.contains("One last mail says so.") && done.text.contains("You hear of no sign-in at all."))
        #expect(try await preferences(house, ada).signInNotices == Preferences.SignInNotices.none)
        #expect(try await house.posted(about: ada) == [.noticesTurnedOff])
        #expect(house.audit.events.last?.details == ["preference": "sign_in_notices", "value": "none"])
    }

    @Test("B097: each change is answered by a sentence of its own", arguments: Preferences.SignInNotices.allCases)
    func feedback(notices: Preferences.SignInNotices) async throws {
        let (_, browser, _) = try await signedIn()
        let page = await browser.submit(
            await browser.get("/account/preferences"), ["value": notices.rawValue, "sure": "yes"], action: Self.notices)
        #expect(page.text.contains("class=\"notice\"") && page.text.contains("value=\"\(notices.rawValue)\" checked"))
    }

    @Test("IN1: a value that is none changes nothing", arguments: ["", "ON", "maybe", "none\u{0}"])
    func nonsense(value: String) async throws {
        let (house, browser, ada) = try await signedIn()
        let page = await browser.get("/account/preferences")
        for path in [Self.magicLinks, Self.notices] {
            #expect(await browser.post(page, ["value": value], action: path).status >= 400)
        }
        #expect(try await preferences(house, ada) == Preferences())
    }

    @Test("What a page says was done is one of our sentences, whatever the address says (WB7)")
    func flash() async throws {
        let (_, browser, _) = try await signedIn()
        for word in ["x", "notices_all.x", "<script>", String(repeating: "a", count: 100), "..", "profile_saved%00"] {
            let page = await browser.get("/account/preferences?done=" + FormEncoding.escape(word))
            #expect(!page.text.contains("class=\"notice\"") && !page.text.contains("<script>x"), "\(word)")
        }
    }
}

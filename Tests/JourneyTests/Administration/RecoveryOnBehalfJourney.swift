import Identity
import JSON
import OAuth
import Testing
import Web

@testable import martlet

@Suite("Recovery that an administrator starts")
struct RecoveryOnBehalfJourney {
    private static let new = "four quiet cranes wading"

    private let why: JSONValue = ["reason": "forgot it"]

    private func administrator(_ house: TestHouse) async throws -> TestBrowser {
        _ = try await house.person("root@example.org", roles: [.administrator])
        let browser = house.browser(from: "192.0.2.8")
        _ = await browser.signIn(await browser.get("/sign-in"), "root@example.org")
        return browser
    }

    private func path(_ person: Account) -> String { "/admin/people/\(person.id)" }

    private func start(_ browser: TestBrowser, _ person: Account, reason: String = "forgot it") async -> TestPage {
        await browser.submit(
            await browser.get(path(person)), ["reason": reason], action: "\(path(person))/recovery")
    }

    @Test(
        "PW13, ML13: the mail goes to the person alone, for a day and any browser; nobody else sees a link or a password"
    )
    func page() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = try await administrator(house)
        let done = await start(browser, ada)
        #expect(done.text.contains("The mail is on its way."))
        let mail = try await house.latestMail(to: "ada@example.org", leading: "/recovery/")
        let link = try #require(mail.paths.first)
        #expect(mail.code == nil && link.hasPrefix("/recovery/") && !done.text.contains(link))
        #expect(try await house.mail(to: "root@example.org").allSatisfy { !$0.message.contains("/recovery/") })
        let event = try #require(house.audit.events.first { $0.kind == .recoveryStarted })
        #expect(event.subject == ada.id && event.details == ["method": "page", "why": "forgot it"])

        // The old password works until there is another.
        #expect(await house.browser().signedIn().get("/account").status == 200)
        house.clock.advance(86_399)
        let adas = house.browser(from: "192.0.2.77")
        let signIn = await adas.submit(await adas.get(link), ["password": Self.new])
        #expect(await adas.signIn(signIn, "ada@example.org", password: Self.new).target == "/account")
        #expect(await adas.get(link).status == 404)
    }

    @Test("ML13: after a day the link is dead, for looking and for sending")
    func dayAfter() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        _ = await start(try await administrator(house), ada)
        let link = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        house.clock.advance(86_399)
        let adas = house.browser(from: "192.0.2.77")
        let form = await adas.get(link)
        #expect(form.status == 200)
        house.clock.advance(1)
        #expect(await adas.get(link).status == 404)
        #expect(await adas.submit(form, ["password": Self.new]).status == 404)
        #expect(try await house.store.account(id: ada.id)?.passwordHash == ada.passwordHash)
    }

    @Test("Who is disabled gets no mail, and a link sent before is dead; enabling does not bring it back")
    func disabled() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = try await administrator(house)
        _ = await start(browser, ada)
        let link = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        let stale = await browser.get(path(ada))
        let token = try #require(stale.forms.first { $0.action.hasPrefix("/admin/") }?.fields["csrf"])
        _ = await browser.submit(stale, ["reason": "left"], action: "\(path(ada))/disable")
        #expect(await house.browser(from: "192.0.2.77").get(link).status == 404)
        let form = [(name: "csrf", value: token), (name: "reason", value: "x")]
        let refused = await browser.send(.post, "\(path(ada))/recovery", form: form)
        #expect(refused.status == 422 && refused.text.contains("This account is not active. Enable it first."))
        _ = await browser.submit(await browser.get(path(ada)), ["reason": "back"], action: "\(path(ada))/enable")
        #expect(await house.browser(from: "192.0.2.77").get(link).status == 404)
        #expect(house.audit.count(.recoveryStarted) == 1)
    }

    @Test("Without a reason, a fresh proof, or as the person was seen, no mail goes")
    func refusals() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = try await administrator(house)
        let form = await browser.get(path(ada))
        #expect(await start(browser, ada, reason: " ").status == 422)
        _ = await browser.submit(form, ["reason": "new", "add": "staff"], action: "\(path(ada))/roles")
        let late = await browser.post(form, ["reason": "x"], action: "\(path(ada))/recovery")
        #expect(late.status == 422 && late.text.contains("Somebody else changed this account"))
        #expect(await browser.get("\(path(ada))/recovery").status == 404)
        house.clock.advance(301)
        let confirm = await browser.post(form, ["reason": "x"], action: "\(path(ada))/recovery")
        #expect(confirm.location?.hasPrefix("/account/confirm?next=") == true)
        #expect(house.audit.count(.recoveryStarted) == 0)
        #expect(try await house.letters(.recoveryStarted, to: "ada@example.org").isEmpty)
    }

    @Test("PW13: an app starts it by the API, and is told nothing that opens anything")
    func api() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let path = "/people/\(ada.id)/recovery"
        for (body, status) in [([:], 422), (["reason": ""], 422), (["reason": "x", "password": "y"], 422)]
            as [(JSONValue, Int)]
        {
            #expect(await api.call(.post, path, body).status == status)
        }
        #expect(await api.call(.post, path, why, headers: ["If-Match": "\"x\""]).problem == "changed_meanwhile")
        #expect(await api.call(.post, "/people/nobody/recovery", why).problem == "not_found")
        let done = await api.call(.post, path, why)
        #expect(done.status == 200 && done["id"]?.stringValue == ada.id)
        let link = try #require(try await house.latestMail(to: "ada@example.org", leading: "/recovery/").paths.first)
        #expect(!done.text.contains(link) && !done.text.contains("mml_"))
        #expect(await api.call(.post, "/people/\(ada.id)/disable", why).status == 200)
        let refused = await api.call(.post, path, why)
        #expect(refused.status == 409 && refused.problem == "not_possible")
        #expect(house.audit.count(.recoveryStarted) == 1)
    }
}

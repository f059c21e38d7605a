import Identity
import OAuth
import Testing
import Web

/// Somebody has a copy of a session's cookie. What its person does about it must put the copy out as well, although it
/// is the very session that the person goes on with.
@Suite("A copied session cookie")
struct CopiedCookies {
    enum Step: String, CaseIterable, Sendable {
        case password, addressByCode, addressByLink, others

        /// As the person does it, boxes as the page has them.
        func take(_ browser: TestBrowser, _ house: TestHouse, ending others: Bool = true) async throws -> TestPage {
            let box: [String: String?] = others ? [:] : ["end_others": nil]
            switch self {
            case .password:
                return await browser.submit(
                    await browser.get("/account/password"),
                    box.merging(["current": TestHouse.password, "password": RecoveryJourney.new]) { $1 })
            case .others:
                let page = await browser.get("/account/sessions")
                return await browser.follow(await browser.forge(page, to: "/account/sessions/end-others"))
            case .addressByCode, .addressByLink:
                let sent = await AddressJourney.ask(browser)
                let mail = try await house.latestMail(to: AddressJourney.new, leading: "/address-change/")
                let (code, link) = (try #require(mail.code), try #require(mail.paths.first))
                return self == .addressByCode
                    ? await browser.submit(sent, box.merging(["code": code]) { $1 })
                    : await browser.submit(await browser.get(link), box)
            }
        }
    }

    @Test(
        "SE2, SE7, PW11, ML10: it is dead once its person changes password or address or signs out all others",
        arguments: Step.allCases)
    func dead(step: Step) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        let copy = browser.moved(to: try await house.sibling())
        let form = await copy.get("/account/sessions")
        #expect(form.status == 200)
        let before = browser.cookies["martlet-session"]
        #expect(try await step.take(browser, house).status == 200)
        #expect(browser.cookies["martlet-session"] != before)
        #expect(await browser.get("/account").status == 200)
        #expect(await copy.get("/account").location == "/sign-in")
        let ended = await copy.forge(form, to: "/account/sessions/end-others")
        #expect(ended.status == 401 && ended.header("Set-Cookie") == nil)
        #expect(await copy.forge(form, ["value": "all"], to: "/account/preferences/notices").status == 401)
        #expect(await browser.get("/account").status == 200)
    }

    @Test(
        "SE2, SE7: and also where the other sessions are left alone, which then stay signed in",
        arguments: [Step.password, .addressByCode, .addressByLink])
    func others(step: Step) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        let other = await house.browser(from: "192.0.2.2").signedIn()
        let copy = browser.moved(to: house.reception)
        #expect(try await step.take(browser, house, ending: false).status == 200)
        #expect(await copy.get("/account").location == "/sign-in")
        #expect(await other.get("/account").status == 200)
    }

    @Test("SE2: the session keeps its public id and its grants, so that apps notice nothing", arguments: Step.allCases)
    func apps(step: Step) async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = await house.browser().signedIn()
        let tokens = try await house.tokens(for: .app, in: browser)
        let id = try await house.store.sessions(of: ada.id, at: house.clock.now).map(\.id)
        _ = try await step.take(browser, house)
        #expect(try await house.store.sessions(of: ada.id, at: house.clock.now).map(\.id) == id)
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 200)
    }

    @Test("What is refused changes no secret: nobody is signed out by a wrong password or code")
    func refused() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        let before = browser.cookies["martlet-session"]
        let form = await browser.get("/account/password")
        let refusals = [
            await browser.post(form, ["current": "wrong", "password": RecoveryJourney.new]),
            await browser.post(form, ["current": TestHouse.password, "password": "short"]),
            await browser.submit(await AddressJourney.ask(browser), ["code": "AAAA-AAAA"]),
        ]
        #expect(refusals.map(\.status) == [422, 422, 422])
        #expect(refusals.allSatisfy { $0.header("Set-Cookie") == nil })
        #expect(browser.cookies["martlet-session"] == before)
        #expect(await browser.get("/account").status == 200)
    }
}

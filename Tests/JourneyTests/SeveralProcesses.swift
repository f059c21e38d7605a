import Identity
import JSON
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

@Suite("Two processes on one database, whichever a request comes to")
struct SeveralProcesses {
    /// A browser whose requests go to the two processes in turn, redirects included.
    private final class Wanderer {
        private var doors: [TestBrowser]

        init(_ house: TestHouse, _ sibling: House) {
            doors = [house.browser(), house.browser(through: sibling.reception)]
        }

        private func next() -> TestBrowser {
            doors.swapAt(0, 1)
            doors[0].cookies = doors[1].cookies
            return doors[0]
        }

        func get(_ target: String) async -> TestPage { await arrive(await next().get(target)) }

        func submit(_ page: TestPage, _ values: [String: String?], action: String) async -> TestPage {
            await arrive(await next().post(page, values, action: action))
        }

        private func arrive(_ page: TestPage) async -> TestPage {
            var page = page
            while let location = page.location, location.hasPrefix("/") { page = await next().get(location) }
            return page
        }
    }

    @Test("AZ21, TK5: no step needs the process of the step before; another browser gets in at neither")
    func wandering() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let other = try await house.siblingHouse()
        let browser = Wanderer(house, other)
        let request = TestApp.shop.request(["scope": "openid offline_access"])
        let signIn = await browser.get(request)
        for door in [house.reception, other.reception] {
            let stranger = house.browser(from: "192.0.2.9", through: door)
            let seen = await stranger.get(signIn.target)
            let handle = try #require(signIn.handle)
            #expect(!seen.text.contains(handle) && !seen.text.contains("Shop"), "a sign-in page of nobody's request")
            let values = ["email": "ada@example.org", "password": TestHouse.password]
            #expect(await stranger.post(signIn, values, action: "/sign-in").status >= 400)
        }
        let consent = await browser.submit(
            signIn, ["email": "ada@example.org", "password": TestHouse.password], action: "/sign-in")
        let answer = await browser.submit(consent, ["decision": "allow"], action: "/consent")
        let code = try #require(answer.answer["code"], "\(answer.status) \(answer.heading)")

        let tokens = try TestTokens(await TestApp.shop.exchange(code, at: other.reception))
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 200)
        let refreshed = try TestTokens(await TestApp.shop.refresh(tokens.refresh ?? "", at: house.reception))
        let again = await browser.get(request)
        #expect(again.answer["code"] != nil, "signed in and allowed, as both processes know")
        #expect(await TestApp.shop.exchange(code, at: house.reception).error == "invalid_grant")
        for token in [tokens.access, refreshed.access] {
            #expect(await TestApp.userInfo(token, at: other.reception).status == 401)
        }
    }

    @Test("A client of the database: registered, changed and removed at one process, so at the other (TK2, AZ2)")
    func client() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let store = house.store
        let other = try await house.siblingHouse()
        let app = TestApp(
            id: "kiosk", secret: nil, redirectURI: "https://kiosk.example/callback", scope: "openid offline_access")
        func registration(_ address: String) -> String {
            TestClients.app.replacing("\"app\"", with: "\"kiosk\"")
                .replacing("https://app.example/callback", with: address)
        }
        func replace(_ document: String) async throws {
            let version = try #require(try await store.registration("kiosk")?.version)
            #expect(
                try await store.replace(registration: document, of: "kiosk", version: version, at: house.clock.now))
        }
        let sibling = house.browser(through: other.reception)
        #expect(await sibling.get(app.request()).status == 400)
        #expect(
            try await store.add(registration: registration(app.redirectURI), of: "kiosk", at: house.clock.now))
        house.clock.advance(1)
        let code = try #require(await house.answer(to: app, in: sibling).answer["code"])
        let tokens = try TestTokens(await app.exchange(code, at: house.reception))

        try await replace(registration("https://kiosk.example/new"))
        house.clock.advance(1)
        for door in [house.reception, other.reception] {
            let page = await sibling.moved(to: door).get(app.request())
            #expect(page.status == 400 && page.location == nil)
        }
        try await replace("{")
        house.clock.advance(1)
        let refreshed = try TestTokens(await app.refresh(tokens.refresh ?? "", at: other.reception))
        #expect(house.log.lines.contains { $0.contains("kiosk") && $0.hasPrefix("error") })

        #expect(try await store.removeRegistration(of: "kiosk", at: house.clock.now))
        house.clock.advance(1)
        for door in [house.reception, other.reception] {
            #expect(await app.refresh(refreshed.refresh ?? "", at: door).error == "invalid_client")
            #expect(await TestApp.watch.introspect(refreshed.access, at: door).isActive == false)
            #expect(await TestApp.userInfo(refreshed.access, at: door).status == 401)
            #expect(await sibling.moved(to: door).get(app.request()).status == 400)
        }
    }

    @Test("OP5, JW8: a key rotated in a hurry is in the other's key set before it signs anywhere")
    func keys() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let other = try await house.siblingHouse()
        let (here, there) = (house.house.groundwork.vault, other.groundwork.vault)
        let old = try await house.tokens(for: .app, in: house.browser())
        let key = try #require(try await here.rotate(.es256, immediately: true, at: house.clock.now))
        house.clock.advance(1)
        try await there.refresh(at: house.clock.now)
        let published = await house.browser(through: other.reception).get("/jwks.json")
        #expect(published.text.contains(key.keyID))
        #expect(here.keyRing.signingKey(.es256)?.keyID != key.keyID)
        house.clock.advance(1)
        try await here.refresh(at: house.clock.now)
        #expect(here.keyRing.signingKey(.es256)?.keyID == key.keyID)
        let new = try await house.tokens(for: .app, in: house.browser())
        for token in [old.access, new.access] {
            #expect(await TestApp.userInfo(token, at: other.reception).status == 200)
        }
        try await there.refresh(at: house.clock.now)
        #expect(there.keyRing.signingKey(.es256)?.keyID == key.keyID)
    }

    @Test("SE6, TK14: disabled at one process, a person is out of the other, page, refresh and userinfo alike")
    func disabled() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let other = try await house.siblingHouse()
        let browser = house.browser()
        let tokens = try await house.tokens(for: .app, in: browser, ["scope": "openid offline_access"])
        let moved = browser.moved(to: other.reception)
        #expect(await moved.get("/account").status == 200)
        #expect(try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now))
        #expect(await moved.get("/account").status != 200)
        #expect(await moved.get(TestApp.app.request(["prompt": "none"])).answer["error"] == "login_required")
        #expect(await TestApp.app.refresh(tokens.refresh ?? "", at: other.reception).error == "invalid_grant")
        #expect(await TestApp.userInfo(tokens.access, at: other.reception).status == 401)
        #expect(await TestApp.watch.introspect(tokens.access, at: other.reception).isActive == false)
    }
}

import Identity
import OAuth
import TestSupport
import Testing
import Web

@Suite("When tokens end")
struct TokensThatEnd {
    private static let offline = ["scope": "openid offline_access"]

    /// Whether the access token is good, asked everywhere it can be asked, through both processes.
    private func isAlive(_ token: String, _ house: TestHouse, _ sibling: Reception) async -> Set<Bool> {
        var answers: Set<Bool> = []
        for reception in [sibling, house.reception] {
            answers.insert(await TestApp.watch.introspect(token, at: reception).isActive == true)
            answers.insert(await TestApp.userInfo(token, at: reception).status == 200)
        }
        return answers
    }

    struct Ending: Sendable, CustomTestStringConvertible {
        let name: String
        let endsOnline: Bool
        let endsOffline: Bool
        let act: @Sendable (TestHouse, TestBrowser, Account) async throws -> Void
        var testDescription: String { name }
    }

    static let endings: [Ending] = [
        Ending(name: "signing out", endsOnline: true, endsOffline: false) { _, browser, _ in
            _ = await browser.submit(await browser.get("/logout"), ["decision": "sign-out"], action: "/logout/confirm")
        },
        Ending(name: "ending the session from another browser", endsOnline: true, endsOffline: false) {
            house, browser, _ in
            let other = house.browser(from: "192.0.2.77")
            _ = await other.signIn(await other.get("/sign-in"), "ada@example.org")
            _ = await other.submit(await other.get("/account/sessions"), [:], action: "/account/sessions/end-others")
        },
        Ending(name: "disabling the person", endsOnline: true, endsOffline: true) { house, _, ada in
            _ = try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now)
        },
        Ending(name: "removing the app", endsOnline: true, endsOffline: true) { _, browser, _ in
            let page = await browser.get("/account/applications")
            let csrf = page.forms.first?.fields["csrf"]
            _ = await browser.submit(
                page, ["csrf": csrf, "application": "app"], action: "/account/applications/remove")
        },
        Ending(name: "looking at pages", endsOnline: false, endsOffline: false) { _, browser, _ in
            for path in ["/account", "/logout", "/", "/sign-in"] { _ = await browser.visit(path) }
        },
    ]

    @Test(
        "What ends a sign-in shows in introspection and userinfo at once, in every process (TK14, SE5, SE6, SE12)",
        arguments: endings)
    func shows(_ ending: Ending) async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let sibling = try await house.sibling()
        let browser = house.browser()
        let online = try await house.tokens(for: .app, in: browser)
        let offline = try await house.tokens(for: .app, in: browser, Self.offline)
        #expect(await isAlive(online.access, house, sibling) == [true])
        try await ending.act(house, browser, ada)
        #expect(await isAlive(online.access, house, sibling) == [!ending.endsOnline])
        #expect(await isAlive(offline.access, house, sibling) == [!ending.endsOffline])
        let refreshed = await TestApp.app.refresh(offline.refresh ?? "", at: sibling)
        #expect((refreshed.status == 200) == !ending.endsOffline)
    }

    @Test(
        "Revoking a refresh token ends its access tokens before the answer comes (TK12)",
        arguments: [TestApp.app, .shop])
    func revokeRefreshToken(app: TestApp) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let tokens = try await house.tokens(for: app, in: house.browser(), Self.offline)
        let refresh = try #require(tokens.refresh)
        let other = try await house.tokens(for: app, in: house.browser(), Self.offline)
        let page = await app.revoke(refresh, at: house.reception)
        #expect(page.status == 200 && page.text.isEmpty)
        #expect(await isAlive(tokens.access, house, sibling) == [false])
        #expect(await app.refresh(refresh, at: sibling).error == "invalid_grant")
        #expect(await isAlive(other.access, house, sibling) == [true])
        #expect(await app.revoke(refresh, at: sibling).status == 200)
    }

    @Test("Revoking an access token ends that one alone; a hint of the wrong type changes nothing (TK12)")
    func revokeAccessToken() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let tokens = try await house.tokens(for: .app, in: house.browser(), Self.offline)
        let form = ["token": tokens.access, "token_type_hint": "refresh_token"]
        #expect(await TestApp.app.call("/revoke", form, at: house.reception).status == 200)
        #expect(await isAlive(tokens.access, house, sibling) == [false])
        let next = try TestTokens(await TestApp.app.refresh(tokens.refresh ?? "", at: sibling))
        #expect(await isAlive(next.access, house, sibling) == [true])
    }

    @Test("Another client's token is not revoked, an unknown one is success, a missing one is said (TK12)")
    func revokeForeign() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let tokens = try await house.tokens(for: .app, in: house.browser(), Self.offline)
        for thief in [TestApp.shop, .bank, .device, .office] {
            for token in [tokens.access, tokens.refresh ?? ""] {
                let page = await thief.revoke(token, at: house.reception)
                #expect(page.status == 400 && page.error == "unauthorized_client")
            }
            #expect(await thief.revoke("x", at: house.reception).status == 200)
            #expect(await thief.revoke(tokens.id ?? "", at: house.reception).status == 200)
            #expect(await thief.call("/revoke", [:], at: house.reception).error == "invalid_request")
        }
        #expect(await isAlive(tokens.access, house, sibling) == [true])
        #expect(await TestApp.app.refresh(tokens.refresh ?? "", at: sibling).status == 200)
    }

    @Test(
        "Refreshing and revoking at once, whichever comes first, nothing is alive once revoked (TK12, IN3)",
        arguments: 0..<8)
    func revokeRace(round: Int) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let tokens = try await house.tokens(for: .shop, in: house.browser(), Self.offline)
        let refresh = try #require(tokens.refresh)
        let pages = await withTaskGroup(of: TestPage?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    if number == 2 * round {
                        _ = await TestApp.shop.revoke(refresh, at: house.reception)
                        return nil
                    }
                    return await TestApp.shop.refresh(refresh, at: number.isMultiple(of: 2) ? sibling : house.reception)
                }
            }
            return await group.reduce(into: [TestPage]()) { if let page = $1 { $0.append(page) } }
        }
        for page in pages where page.status == 200 {
            let access = try #require(page["access_token"]?.stringValue)
            #expect(await isAlive(access, house, sibling) == [false])
        }
        #expect(await TestApp.shop.refresh(refresh, at: sibling).error == "invalid_grant")
    }

    @Test("A grant without offline access ends after a day, a token of it with it (TK9)")
    func onlineGrant() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        house.clock.advance(86_400)
        let tokens = try await house.tokens(for: .app, in: browser)
        #expect(await isAlive(tokens.access, house, sibling) == [true])
        house.clock.advance(601)
        #expect(await isAlive(tokens.access, house, sibling) == [false])
    }
}

import Identity
import JSON
import OAuth
import TestSupport
import Testing
import Web

@Suite("Refreshing")
struct RefreshAttacks {
    private static let offline = ["scope": "openid email offline_access"]
    private static let day: Int64 = 86_400

    private func tokens(_ house: TestHouse, _ app: TestApp) async throws -> (TestTokens, String) {
        let tokens = try await house.tokens(for: app, in: house.browser(), Self.offline)
        return (tokens, try #require(tokens.refresh))
    }

    @Test("A public client's token is swapped at each use; a spent one that comes back ends the family (TK7, D3)")
    func reuse() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (first, old) = try await tokens(house, .app)
        let second = try TestTokens(await TestApp.app.refresh(old, at: house.reception))
        let new = try #require(second.refresh)
        #expect(new != old)
        #expect(await TestApp.app.refresh(old, at: house.reception).error == "invalid_grant")
        #expect(await TestApp.app.refresh(new, at: house.reception).error == "invalid_grant")
        for access in [first.access, second.access] {
            #expect(await TestApp.userInfo(access, at: house.reception).status == 401)
        }
        #expect(house.audit.count(.reuseDetected) == 1)
    }

    @Test("A spent token of a family that has ended is refused and no more, however often it comes (TK7, CF2, CF5)")
    func deadFamily() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let (_, old) = try await tokens(house, .app)
        _ = await TestApp.app.refresh(old, at: house.reception)
        for _ in 1...20 {
            #expect(await TestApp.app.refresh(old, at: house.reception).error == "invalid_grant")
        }
        #expect(house.audit.count(.reuseDetected) == 1 && house.audit.count(.tokenRefused) == 20)
        // Dismissed, it does not come back with the next replay.
        let notice = try #require(try await house.store.notices(of: ada.id).first)
        #expect(try await house.store.dismiss(noticeID: notice.id, of: ada.id))
        _ = await TestApp.app.refresh(old, at: house.reception)
        #expect(try await house.store.notices(of: ada.id).isEmpty)
    }

    @Test("Revoking what is dead already is answered and not recorded again (TK12, CF2)")
    func deadRevocation() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (given, refresh) = try await tokens(house, .app)
        for token in [given.access, given.access, refresh, refresh, given.access] {
            #expect(await TestApp.app.revoke(token, at: house.reception).status == 200)
        }
        #expect(house.audit.count(.tokenRevoked) == 2)
    }

    @Test("A public client that is refused has proven nothing: the record names a visitor (CF1)")
    func visitor() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (_, old) = try await tokens(house, .app)
        for token in ["garbage", old, old] { _ = await TestApp.app.refresh(token, at: house.reception) }
        let refusals = house.audit.events.filter { [.tokenRefused, .reuseDetected].contains($0.kind) }
        #expect(refusals.count == 3 && refusals.allSatisfy { $0.actor == .visitor && $0.clientID == "app" })
        _ = await TestApp.shop.refresh("garbage", at: house.reception)
        #expect(house.audit.events.last { $0.kind == .tokenRefused }?.actor == .client("shop"))
    }

    @Test("A spent token in the hands of another client ends nothing (TK6, TK7)")
    func foreignReuse() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (_, old) = try await tokens(house, .app)
        let new = try #require(try TestTokens(await TestApp.app.refresh(old, at: house.reception)).refresh)
        for thief in [TestApp.shop, .office] {
            for token in [old, new] {
                #expect(await thief.refresh(token, at: house.reception).error == "invalid_grant")
            }
        }
        #expect(await TestApp.app.refresh(new, at: house.reception).status == 200)
    }

    @Test("Of 100 refreshes at once, over two processes, one succeeds at most, and no descendant lives (TK7, IN3)")
    func race() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let (_, token) = try await tokens(house, .app)
        let pages = await withTaskGroup(of: TestPage.self) { group in
            for number in 0..<100 {
                group.addTask {
                    await TestApp.app.refresh(token, at: number.isMultiple(of: 2) ? house.reception : sibling)
                }
            }
            return await group.reduce(into: [TestPage]()) { $0.append($1) }
        }
        let won = pages.filter { $0.status == 200 }
        #expect(won.count == 1 && pages.allSatisfy { $0.status == 200 || $0.error == "invalid_grant" })
        for page in won {
            let refresh = try #require(page["refresh_token"]?.stringValue)
            #expect(await TestApp.app.refresh(refresh, at: sibling).error == "invalid_grant")
        }
    }

    @Test("A confidential client keeps its token, and may use it at the same time; asked for, it is swapped too (D3)")
    func confidential() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (_, token) = try await tokens(house, .shop)
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<10 { group.addTask { await TestApp.shop.refresh(token, at: house.reception).status } }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 10))
        #expect(await TestApp.shop.refresh(token, at: house.reception)["refresh_token"] == nil)

        try house.register(
            "shop",
            TestClients.shop.replacing(
                "\"martlet_audience", with: "\"martlet_rotates_refresh_tokens\": true, \"martlet_audience"))
        let next = try TestTokens(await TestApp.shop.refresh(token, at: house.reception))
        #expect(next.refresh != nil && next.refresh != token)
        #expect(await TestApp.shop.refresh(token, at: house.reception).error == "invalid_grant")
    }

    @Test(
        "Unused for 30 days it is dead; used in time it lives on, but never past 180 days (TK9)",
        arguments: [
            TestApp.app, .shop,
        ])
    func lifetimes(app: TestApp) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let idle = try await tokens(house, app).1
        var token = try await tokens(house, app).1
        var age: Int64 = 0
        while age + 29 * Self.day < 180 * Self.day {
            house.clock.advance(29 * Self.day)
            age += 29 * Self.day
            let page = await app.refresh(token, at: house.reception)
            #expect(page.status == 200, "after \(age / Self.day) days")
            token = page["refresh_token"]?.stringValue ?? token
            if age == 58 * Self.day { #expect(await app.refresh(idle, at: house.reception).error == "invalid_grant") }
        }
        house.clock.advance(180 * Self.day - age - 1)
        let last = await app.refresh(token, at: house.reception)
        #expect(last.status == 200)
        house.clock.advance(1)
        token = last["refresh_token"]?.stringValue ?? token
        #expect(await app.refresh(token, at: house.reception).error == "invalid_grant")
    }

    @Test("Scopes may be narrowed for one answer, never widened, and a refused widening spends nothing (TK10)")
    func scopes() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        var token = try await tokens(house, .app).1
        for wider in ["openid email profile", "profile", "admin", "openid \"", " "] {
            let page = await TestApp.app.refresh(token, at: house.reception, ["scope": wider])
            #expect(page.error == "invalid_scope", "\(wider)")
        }
        let narrow = await TestApp.app.refresh(token, at: house.reception, ["scope": "openid"])
        #expect(narrow["scope"] == "openid")
        let access = try #require(narrow["access_token"]?.stringValue)
        #expect(await TestApp.userInfo(access, at: house.reception)["email"] == nil)
        token = try #require(narrow["refresh_token"]?.stringValue)
        let whole = await TestApp.app.refresh(token, at: house.reception)
        #expect(whole["scope"] == "openid email offline_access")
    }

    @Test("A refreshed ID token keeps sub, aud, sid and auth_time and has no nonce (JW10)")
    func idToken() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (first, token) = try await tokens(house, .app)
        house.clock.advance(1000)
        let second = try TestTokens(await TestApp.app.refresh(token, at: house.reception))
        let (old, new) = (try TestTokens.claims(first.id), try TestTokens.claims(second.id))
        for claim in ["iss", "sub", "aud", "azp", "auth_time", "acr", "amr", "sid"] {
            #expect(old[claim] != nil && old[claim] == new[claim], "\(claim)")
        }
        #expect(new["nonce"] == nil && new["iat"] == .integer(house.clock.now.seconds))
    }

    @Test("Disabled, and enabled again, a person's tokens stay dead (TK11, SE6)")
    func disabled() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let (first, token) = try await tokens(house, .app)
        _ = try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now)
        #expect(await TestApp.app.refresh(token, at: house.reception).error == "invalid_grant")
        _ = try await house.store.setStatus(.active, of: ada.id, at: house.clock.now)
        #expect(await TestApp.app.refresh(token, at: house.reception).error == "invalid_grant")
        #expect(await TestApp.userInfo(first.access, at: house.reception).status == 401)
    }

    @Test("A client that is removed, or loses a scope or the grant, refreshes no more (TK11)")
    func registrationChanges() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (_, token) = try await tokens(house, .app)
        try house.register("app", TestClients.app.replacing("profile email", with: "profile"))
        #expect(await TestApp.app.refresh(token, at: house.reception).error == "invalid_grant")
        try house.register(
            "app",
            TestClients.app.replacing(", \"refresh_token\"", with: "").replacing(" offline_access", with: ""))
        #expect(await TestApp.app.refresh(token, at: house.reception).error == "unauthorized_client")
        try house.register("app", TestClients.app)
        #expect(await TestApp.app.refresh(token, at: house.reception).status == 200)
    }

    @Test("What looks like a refresh token but is none is refused (TK21)")
    func malformed() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let (first, token) = try await tokens(house, .app)
        let body = String(token.dropFirst(4))
        for wrong in [
            body, String(token.dropLast()), token + "A", token + "=", " " + token, "MRT_" + body,
            "mrt_" + body.lowercased(),
            "mrt_" + String(body.reversed()), "mac_" + body, "mat_" + body, first.access, first.id ?? "", "mrt_",
        ] where wrong != token {
            #expect(await TestApp.app.refresh(wrong, at: house.reception).error == "invalid_grant", "\(wrong)")
        }
        #expect(await TestApp.app.refresh("", at: house.reception).error == "invalid_request")
        #expect(await TestApp.app.refresh(token, at: house.reception).status == 200)
    }
}

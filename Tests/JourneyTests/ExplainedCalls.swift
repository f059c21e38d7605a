import HTTPTypes
import OAuth
import Testing

@testable import Web
@testable import martlet

@Suite("Why an app's own call was refused")
struct ExplainedCalls {
    private func signedIn(_ house: TestHouse) async throws -> TestBrowser {
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        return browser
    }

    @Test("Client authentication: the app hears one sentence, the operator which part was wrong (TK1, TK20)")
    func authentication() async throws {
        let house = try await TestHouse()
        let code: [String: String?] = ["grant_type": "client_credentials"]
        let cases: [(TestApp, Explained, [CheckName])] = [
            (
                TestApp(id: "shop", secret: "wrong", redirectURI: "", scope: ""),
                Explained(
                    .clientProof, "not registered (not shown)", "one registered secret",
                    "martlet client secret shop add"),
                [.form, .client]
            ),
            (
                TestApp(id: "shop", secret: TestClients.secret, redirectURI: "", scope: "", sendsSecretInForm: true),
                Explained(.clientProof, "client_secret_post", "client_secret_basic", "token_endpoint_auth_method"),
                [.form, .client]
            ),
            (
                TestApp(id: "shopp", secret: "x", redirectURI: "", scope: ""),
                Explained(.client, "shopp", "nearest registered one is shop", "martlet client add"), [.form]
            ),
        ]
        for (app, wanted, passed) in cases {
            let page = await app.call("/token", code, at: house.reception)
            let reference = try #require(page.header("X-Request-Id"))
            #expect(page.status == 401)
            #expect(page["error_description"] == .string("client authentication failed (reference \(reference))"))
            try await house.expect(page, wanted, after: passed)
        }
        let query = await house.browser().send(.post, "/token?client_id=shop", form: [])
        try await house.expect(query, Explained(.form, "in the address", "body", "addresses end in logs"), after: [])
    }

    @Test("Codes: unknown, another app's, another address, another verifier, used, expired (AZ8-AZ11)")
    func codes() async throws {
        let house = try await TestHouse()
        let browser = try await signedIn(house)
        let first = Course.token
        let fresh = { try await house.code(for: .shop, in: browser) }
        let unknown = await TestApp.shop.exchange("mac_unknown", at: house.reception)
        try await house.expect(unknown, Explained(.token, "not known here", "issued here", "as it came"), after: first)

        let foreign = await TestApp.bank.exchange(try await fresh(), at: house.reception)
        try await house.expect(foreign, Explained(.token, "issued to shop", "that brings it", "share"), after: first)

        let address = await TestApp.shop.exchange(
            try await fresh(), at: house.reception, ["redirect_uri": "https://shop.example:8443/callback"])
        try await house.expect(
            address,
            Explained(
                .redirectAddress, "shop.example:8443",
                """
                https://shop.example/callback (the difference: a port, 8443
                """, "same redirect_uri"),
            after: first + [.token, .lifetime])

        let verifier = await TestApp.shop.exchange(
            try await fresh(), at: house.reception, ["code_verifier": String(repeating: "a", count: 43)])
        try await house.expect(
            verifier, Explained(.proofKey, "does not match (not shown)", "SHA-256", "mixes up"),
            after: first + [.token, .lifetime, .redirectAddress])

        let used = try await fresh()
        _ = await TestApp.shop.exchange(used, at: house.reception)
        let replay = await TestApp.shop.exchange(used, at: house.reception)
        try await house.expect(
            replay, Explained(.singleUse, "used before", "once", "leaked"),
            after: first + [.token, .lifetime, .redirectAddress, .proofKey])

        let old = try await fresh()
        house.clock.advance(61)
        let expired = await TestApp.shop.exchange(old, at: house.reception)
        try await house.expect(
            expired, Explained(.lifetime, "a code that ended at", "lifetimes.authorization_code", "at once"),
            after: first + [.token])
        for page in [unknown, replay, expired] {
            #expect(
                page["error_description"]?.stringValue?.hasPrefix("code is unknown, expired or already used (") == true)
        }
    }

    @Test("Grants and refresh tokens: unspoken, unregistered, reused, widened (TK7, TK10, TK18)")
    func grants() async throws {
        let house = try await TestHouse()
        let browser = try await signedIn(house)
        let password = await TestApp.shop.call("/token", ["grant_type": "password"], at: house.reception)
        try await house.expect(
            password, Explained(.grantType, "password", "authorization_code", "authorization code flow"),
            after: [.form, .client, .clientProof])
        let unregistered = await TestApp.bank.refresh("x", at: house.reception)
        try await house.expect(
            unregistered,
            Explained(
                .grantType, "bank, registered for", "refresh_token", "martlet client update bank --from bank.draft"))

        let offline = ["scope": "openid offline_access"]
        let tokens = try await house.tokens(for: .app, in: browser, offline)
        let wide = await TestApp.app.refresh(tokens.refresh ?? "", at: house.reception, ["scope": "openid email"])
        try await house.expect(
            wide, Explained(.scope, "email", "openid offline_access", "leave scope out"),
            after: Course.token + [.token, .singleUse, .lifetime, .policy])
        _ = await TestApp.app.refresh(tokens.refresh ?? "", at: house.reception)
        let reused = await TestApp.app.refresh(tokens.refresh ?? "", at: house.reception)
        try await house.expect(
            reused, Explained(.singleUse, "used before", "newest", "whole family"), after: Course.token + [.token])
    }

    @Test("A live token whose family ended says why: reuse, sign-out, access taken away (TK7, TK11, AZ11)")
    func ended() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let offline = ["scope": "openid offline_access"]
        let reason = { (token: String, words: String) in
            let page = await TestApp.app.refresh(token, at: house.reception)
            try await house.expect(page, Explained(.lifetime, "authorization revoked at", "live", words))
        }
        var browser = house.browser()
        let first = try await house.tokens(for: .app, in: browser, offline).refresh ?? ""
        let second = try TestTokens(await TestApp.app.refresh(first, at: house.reception)).refresh ?? ""
        _ = await TestApp.app.refresh(first, at: house.reception)
        try await reason(second, "An earlier refresh token was used a second time")

        browser = house.browser()
        let code = try await house.code(for: .app, in: browser, offline)
        let given = try TestTokens(await TestApp.app.exchange(code, at: house.reception)).refresh ?? ""
        _ = await TestApp.app.exchange(code, at: house.reception)
        try await reason(given, "A code was used a second time")

        let taken = try await house.tokens(for: .app, in: house.browser(), offline).refresh ?? ""
        try await house.store.revokeGrants(of: ada.id, to: "app", at: house.clock.now)
        try await reason(taken, "took the app's access away")

        let revoked = try await house.tokens(for: .app, in: house.browser(), offline).refresh ?? ""
        _ = await TestApp.app.revoke(revoked, at: house.reception)
        try await reason(revoked, "app itself revoked")
    }

    @Test("Tokens at introspection, revocation and userinfo (TK12, TK13, TK24)")
    func tokens() async throws {
        let house = try await TestHouse()
        let browser = try await signedIn(house)
        let tokens = try await house.tokens(for: .shop, in: browser)
        let stranger = await TestApp.bank.revoke(tokens.access, at: house.reception)
        try await house.expect(
            stranger, Explained(.token, "issued to shop", "that asks", "/account"),
            after: [.form, .client, .clientProof])
        let publicAsker = await TestApp.app.introspect(tokens.access, at: house.reception)
        try await house.expect(publicAsker, Explained(.clientProof, "public client", "proves", "--public"))
        let dead = await TestApp.userInfo("mat_dead", at: house.reception)
        #expect(dead.header("WWW-Authenticate")?.contains("(reference ") == true)
        try await house.expect(dead, Explained(.token, "unknown, expired", "userinfo", "refresh"), after: [.form])
    }

    @Test("What the front door refuses: address, method, content type, size; and where to sign out to (IN5, IN8, SE8)")
    func door() async throws {
        let house = try await TestHouse()
        let nowhere = await house.browser().get("/nowhere")
        try await house.expect(
            nowhere, Explained(.address, "/nowhere", "this server", "openid-configuration"), after: [])
        let method = await house.browser().get("/token")
        try await house.expect(method, Explained(.address, "GET", "POST", "turns POST into GET"))
        let json = await house.browser().send(.post, "/token", headers: ["Content-Type": "application/json"])
        try await house.expect(json, Explained(.form, "application/json", "x-www-form-urlencoded", "not JSON"))
        let large = TestPage(
            target: "/sign-in", reply: house.reception.tooLarge(target: "/sign-in", headers: [:], peer: nil))
        try await house.expect(large, Explained(.form, "limits.body_bytes", "small", "protocol"))
        let away = await house.browser().get(
            "/logout?client_id=shop&post_logout_redirect_uri=https%3A%2F%2Fshop.example%2Fgood")
        try await house.expect(
            away,
            Explained(
                .redirectAddress, "https://shop.example/good", "https://shop.example/bye",
                "martlet client update shop --add-post-logout-redirect-uri"),
            after: [.form, .client])
    }

    @Test("When there is no room to check a password, that is what is explained, and it passes by itself (CF5)")
    func busy() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        house.house.hasher.stop()
        let browser = house.browser()
        let page = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        #expect(page.status == 503 && page.reference == page.header("X-Request-Id"))
        try await house.expect(page, Explained(.server, "", "", "passes by itself"))
    }
}

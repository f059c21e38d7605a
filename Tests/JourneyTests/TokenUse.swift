import Cryptography
import JSON
import OAuth
import Testing
import Web

@Suite("What a token is good for")
struct TokenUse {
    private static let inactive = #"{"active":false}"#
    private static let offline = ["scope": "openid email offline_access"]
    static let opaqueShop = TestClients.shop.replacing(
        "\"martlet_audience", with: "\"martlet_access_token_format\": \"opaque\", \"martlet_audience")

    @Test("Only those a token is meant for, and those registered for all, are told about it (TK13, D8)")
    func whoMayAsk() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let shops = try await house.tokens(for: .shop, in: browser, Self.offline)
        let elsewhere = try await house.tokens(for: .shop, in: browser, ["resource": "https://other.example/"])
        let apps = try await house.tokens(for: .app, in: browser, Self.offline)
        let own = await TestApp.bank.call("/token", ["grant_type": "client_credentials"], at: house.reception)
        let table: [(token: String?, tellable: Set<String>)] = [
            (shops.access, ["shop", "watch"]), (elsewhere.access, ["watch"]), (apps.access, ["watch"]),
            (shops.refresh, ["shop"]), (apps.refresh, []), (shops.id, []), (apps.id, []),
            (own["access_token"]?.stringValue, ["watch"]), ("x", []), ("mat_" + String(repeating: "A", count: 43), []),
        ]
        for (number, row) in table.enumerated() {
            let token = try #require(row.token)
            for app in [TestApp.shop, .bank, .watch] {
                let page = await app.introspect(token, at: house.reception)
                #expect(page.status == 200)
                if row.tellable.contains(app.id) {
                    #expect(page.isActive == true, "row \(number), \(app.id)")
                } else {
                    #expect(page.text == Self.inactive, "row \(number), \(app.id)")
                }
            }
            for app in [TestApp.app, .device] {
                #expect(await app.introspect(token, at: house.reception).status == 401)
            }
        }
    }

    @Test("A token names its audience: what was allowed, or the subset asked for, for 15 minutes at most (TK15)")
    func audience() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let usual = try await house.tokens(for: .shop, in: browser)
        #expect(try TestTokens.claims(usual.access)["aud"] == [.string(TestHouse.origin), "https://api.shop.example/"])
        let code = try await house.code(for: .shop, in: browser, ["resource": "https://other.example/"])
        let wider = await TestApp.shop.exchange(code, at: house.reception, ["resource": "https://api.shop.example/"])
        #expect(wider.error == "invalid_target")
        let narrow = try TestTokens(
            await TestApp.shop.exchange(code, at: house.reception, ["resource": "https://other.example/"]))
        #expect(try TestTokens.claims(narrow.access)["aud"] == ["https://other.example/"])
        #expect(await TestApp.userInfo(narrow.access, at: house.reception).status == 401)
        let claims = try TestTokens.claims(usual.access)
        let (start, end) = (try #require(claims["iat"]?.integerValue), try #require(claims["exp"]?.integerValue))
        #expect(end - start == 600)
        #expect(claims["client_id"] == "shop" && claims["roles"] == nil)
    }

    @Test("An access token ends on its second, jwt or opaque (TK15, D9)", arguments: [false, true])
    func expiry(isOpaque: Bool) async throws {
        let house = try await TestHouse(clients: ["shop": isOpaque ? Self.opaqueShop : TestClients.shop])
        _ = try await house.person()
        let tokens = try await house.tokens(for: .shop, in: house.browser())
        #expect(tokens.access.hasPrefix("mat_") == isOpaque)
        house.clock.advance(599)
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 200)
        house.clock.advance(1)
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 401)
        #expect(await TestApp.shop.introspect(tokens.access, at: house.reception).text == Self.inactive)
    }

    @Test("No artefact passes for another kind (TK16, JW4)")
    func crossUse() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let tokens = try await house.tokens(for: .shop, in: browser, Self.offline)
        let code = try await house.code(for: .shop, in: browser)
        let pending = try #require(await browser.visit(TestApp.shop.request(["prompt": "consent"])).handle)
        let setup = String(try await house.setupLink().dropFirst(7))
        let session = try #require(browser.cookies["martlet-session"])
        let browserID = try #require(browser.cookies["martlet-browser"])
        let (access, refresh, id) = (tokens.access, tokens.refresh ?? "", tokens.id ?? "")
        for wrong in [refresh, id, code, pending, setup, session, browserID, TestClients.secret] {
            #expect(await TestApp.userInfo(wrong, at: house.reception).status == 401)
        }
        for wrong in [access, id, code, pending, setup, session, browserID] {
            #expect(await TestApp.shop.refresh(wrong, at: house.reception).error == "invalid_grant")
        }
        for wrong in [access, id, refresh, pending, setup, session, browserID] {
            #expect(await TestApp.shop.exchange(wrong, at: house.reception).error == "invalid_grant")
            #expect(await browser.visit("/setup/\(wrong)").status == (wrong == setup ? 200 : 404))
        }
        for wrong in [access, id, code, pending, setup, refresh, browserID] {
            let thief = house.browser()
            thief.cookies = ["martlet-session": wrong]
            #expect(await thief.get("/account").location == "/sign-in")
        }
        for wrong in [access, code, refresh, session] {
            #expect(await browser.get("/logout?id_token_hint=\(wrong)").text.contains("value=\"sign-out\""))
            #expect(await browser.get("/account").status == 200)
        }
    }

    @Test("Cut, lengthened, re-cased or re-signed, a token is worth nothing (TK21, JW1)", arguments: [false, true])
    func altered(isOpaque: Bool) async throws {
        let house = try await TestHouse(clients: ["shop": isOpaque ? Self.opaqueShop : TestClients.shop])
        _ = try await house.person()
        let token = try await house.tokens(for: .shop, in: house.browser()).access
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var altered = [
            "", String(token.dropLast()), String(token.dropFirst()), token + "A", token + "=", token + ".", " " + token,
            token.uppercased(), token.lowercased(), token + "\u{301}", "\(token), \(token)",
        ]
        // A lenient decoder ignores the spare bits of a last character.
        for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
            altered.append(token.dropLast() + String(character))
        }
        if parts.count == 3 {
            let none = Base64URL.encode(Array(#"{"alg":"none","typ":"at+jwt"}"#.utf8))
            let hmac = Base64URL.encode(Array(#"{"alg":"HS256","typ":"at+jwt"}"#.utf8))
            altered += [
                "\(none).\(parts[1]).", "\(none).\(parts[1]).\(parts[2])", "\(hmac).\(parts[1]).\(parts[2])",
                "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "..", "\(token).\(parts[2])",
                "\(parts[0]).\(parts[1])=.\(parts[2])", "\(parts[0]).\(parts[2]).\(parts[1])",
            ]
        }
        for wrong in altered where wrong != token {
            let page = await TestApp.userInfo(wrong, at: house.reception)
            #expect(page.status == 401, "\(wrong.suffix(20))")
            guard !wrong.isEmpty else { continue }
            #expect(await TestApp.shop.introspect(wrong, at: house.reception).text == Self.inactive)
            #expect(await TestApp.shop.revoke(wrong, at: house.reception).status == 200)
        }
        #expect(await TestApp.shop.introspect(token + " ", at: house.reception).text == Self.inactive)
        #expect(await TestApp.userInfo(token, at: house.reception).status == 200)
    }

    @Test("Userinfo takes one token, in the header or the form, never from the address (TK19, TK24)")
    func presenting() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let token = try await house.tokens(for: .app, in: house.browser()).access
        let browser = house.browser()
        let bearer = ["Authorization": "Bearer \(token)"]
        let form = [(name: "access_token", value: token)]
        #expect(await browser.send(.get, "/userinfo?access_token=\(token)").status == 401)
        #expect(await browser.send(.post, "/userinfo?access_token=\(token)", form: []).status == 401)
        #expect(await browser.send(.post, "/userinfo", form: form).status == 200)
        #expect(await browser.send(.post, "/userinfo", headers: bearer).status == 200)
        #expect(await browser.send(.post, "/userinfo", form: form, headers: bearer).status == 400)
        #expect(await browser.send(.post, "/userinfo", form: form + form).status == 400)
        let none = await browser.send(.get, "/userinfo")
        #expect(none.status == 401 && none.header("WWW-Authenticate")?.hasPrefix("Bearer ") == true)
    }

    @Test("Userinfo tells only what the scopes allow, and nothing without openid (JW7, TK24)")
    func releasedClaims() async throws {
        let house = try await TestHouse()
        let ada = try await house.person(roles: [.administrator])
        let browser = house.browser()
        let table: [(scope: String, claims: Set<String>)] = [
            ("openid", ["sub"]), ("openid email", ["sub", "email", "email_verified"]),
            ("openid roles", ["sub", "roles"]),
            ("openid profile", ["sub", "name", "updated_at"]),
        ]
        for row in table {
            let tokens = try await house.tokens(for: .shop, in: browser, ["scope": row.scope])
            let page = await TestApp.userInfo(tokens.access, at: house.reception)
            #expect(Set(page.json?.keys ?? []) == row.claims && page["sub"] == .string(ada.id), "\(row.scope)")
        }
        let bare = try await house.tokens(for: .shop, in: browser, ["scope": "email"])
        #expect(bare.id == nil)
        let page = await TestApp.userInfo(bare.access, at: house.reception)
        #expect(page.status == 403 && page.header("WWW-Authenticate")?.contains("insufficient_scope") == true)
        let claims = #"{"userinfo":{"email":{"essential":true}},"id_token":{"email":null,"roles":null}}"#
        let asked = try await house.tokens(for: .shop, in: browser, ["scope": "openid", "claims": claims])
        #expect(await TestApp.userInfo(asked.access, at: house.reception)["email"] == nil)
        #expect(try TestTokens.claims(asked.id)["email"] == nil && TestTokens.claims(asked.id)["roles"] == nil)
    }
}

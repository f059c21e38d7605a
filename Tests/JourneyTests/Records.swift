import Foundation
import OAuth
import Testing

@testable import Web

@Suite("What is written down")
struct Records {
    /// Goes everywhere once, wrongly and rightly, and returns every secret that was used on the way.
    private func wander(_ house: TestHouse) async throws -> [String] {
        _ = try await house.person()
        let link = try await house.setupLink()
        let browser = house.browser()
        let signIn = await browser.visit(TestApp.shop.request(["scope": "openid offline_access"]))
        let wrong = "a wrong password typed by Ada"
        _ = await browser.submit(signIn, ["email": "ada@example.org", "password": wrong])
        _ = await browser.submit(signIn, ["email": "my password as address", "password": wrong])
        _ = await browser.submit(signIn, ["email": "unknown@example.org", "password": wrong])
        let consent = await browser.signIn(signIn, "ada@example.org")
        let answer = await browser.submit(consent, ["decision": "allow"])
        let code = try #require(answer.answer["code"])
        let tokens = try TestTokens(await TestApp.shop.exchange(code, at: house.reception))
        let refresh = try #require(tokens.refresh)
        for app in [TestApp.shop, .bank] {
            _ = await app.exchange(code, at: house.reception)
            _ = await app.refresh(refresh, at: house.reception)
            _ = await app.introspect(tokens.access, at: house.reception)
            _ = await app.revoke(tokens.access, at: house.reception)
            _ = await app.revoke(refresh, at: house.reception)
        }
        _ = await TestApp.userInfo(tokens.access, at: house.reception)
        let cookies = browser.cookies.values.map { $0 }
        let password = await browser.get("/account/password")
        for current in [wrong, TestHouse.password] {
            _ = await browser.post(password, ["current": current, "password": "another long password here"])
        }
        let secrets = [
            TestHouse.password, wrong, "another long password here", "my password as address", code, tokens.access,
            refresh, tokens.id ?? "-", TestClients.secret, TestApp.verifier, consent.handle ?? "-",
            consent.forms.first?.fields["csrf"] ?? "-", String(link.dropFirst(7)),
        ]
        for target in [
            link, link + "x", "/setup/" + code, "/nowhere?code=" + code,
            "/authorize/continue?request=" + (consent.handle ?? ""),
            "/logout?id_token_hint=" + (tokens.id ?? ""), "/userinfo?access_token=" + tokens.access,
        ] {
            _ = await browser.get(target)
        }
        _ = await browser.submit(await browser.get("/logout"), ["decision": "sign-out"])
        return secrets + cookies + (await stray(house))
    }

    /// Secrets in places where none belongs: in queries, in names of clients, beside each other, in headers.
    private func stray(_ house: TestHouse) async -> [String] {
        let (browser, app) = (house.browser(), TestBrowser(reception: house.reception, peer: "198.51.100.9"))
        let planted = (1...7).map { "planted-\($0)-secret-marker" }
        _ = await browser.get("/token?client_secret=" + planted[0])
        _ = await app.send(.post, "/token?code=" + planted[1], form: [("grant_type", "authorization_code")])
        _ = await browser.get(TestApp.shop.request(["client_id": planted[2]]))
        for path in ["/token", "/introspect", "/revoke"] {
            let form = [(name: "client_id", value: planted[3]), (name: "token", value: planted[4])]
            _ = await app.send(.post, path, form: form)
            _ = await app.send(
                .post, path, form: form, headers: ["Authorization": TestApp.basic(planted[5], planted[4])])
            _ = await app.send(.post, path, form: form, headers: ["Authorization": "Bearer " + planted[6]])
        }
        _ = await browser.post(await browser.get("/sign-in"), ["csrf": planted[6], "email": planted[5]])
        return planted
    }

    @Test("No password, code, token, cookie, handle or link is in the log or among the events (CF3, ML12)")
    func secrets() async throws {
        let house = try await TestHouse()
        let secrets = try await wander(house)
        let written = (house.audit.events.map { "\($0)" } + house.log.lines).joined(separator: "\n")
        #expect(house.log.lines.count > 40 && secrets.count == 22)
        for secret in secrets { #expect(PlantedSecret(secret).traces(in: Data(written.utf8)).isEmpty, "\(secret)") }
    }

    @Test("No secret of that kind is in the database either, clear, as hex or as base64 (SE1, TK6, PW5, CF3)")
    func stored() async throws {
        let house = try await TestHouse(clients: ["shop": TokenUse.opaqueShop, "bank": TestClients.bank])
        let secrets = try await wander(house)
        #expect(try await house.storedEvents().count > 20)
        await house.flushExplanations()
        #expect(try await house.store.explanations(latest: 100, at: house.clock.now).count > 10)
        let bytes = try await house.database.bytes()
        #expect(bytes.count > 10_000)
        for secret in secrets {
            #expect(PlantedSecret(secret).traces(in: bytes).isEmpty, "\(secret.prefix(6))…")
        }
    }

    @Test("The search finds what is there, in each of its forms")
    func searching() {
        let secret = PlantedSecret("hidden marker")
        for padding in ["", "x", "xy"] {
            let text = Data((padding + "hidden marker" + padding).utf8)
            #expect(secret.traces(in: text) == ["clear"])
            #expect(secret.traces(in: Data(text.base64EncodedString().utf8)) == ["base64"])
            #expect(secret.traces(in: Data(text.map { String($0, radix: 16) }.joined().utf8)) == ["hex"])
        }
        #expect(secret.traces(in: Data("hidden, marker".utf8)).isEmpty)
    }

    @Test("Each outcome leaves its event, with who, what and from where (CF2)")
    func events() async throws {
        let house = try await TestHouse()
        _ = try await wander(house)
        let expected: [AuditEvent.Kind] = [
            .signIn, .signInRefused, .consentGiven, .codeIssued, .tokenIssued, .tokenRefused, .reuseDetected,
            .passwordChanged,
            .signOut,
        ]
        for kind in expected { #expect(house.audit.count(kind) > 0, "\(kind)") }
        let refused = house.audit.events.filter { $0.kind == .signInRefused }
        #expect(refused.contains { $0.subject != nil && $0.details["reason"] == "wrong_password" })
        #expect(refused.allSatisfy { $0.details["network"] == "192.0.2.0/24" })
        let before = house.audit.count(.clientAuthenticationRefused)
        let wrongSecret = TestApp(id: "shop", secret: "x", redirectURI: "", scope: "")
        _ = await wrongSecret.introspect("x", at: house.reception)
        _ = await wrongSecret.revoke("x", at: house.reception)
        _ = await wrongSecret.refresh("x", at: house.reception)
        #expect(house.audit.count(.clientAuthenticationRefused) == before + 3)
    }

    @Test("The reference on a page finds the one line that tells what happened (CF1, CF5)")
    func reference() async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(TestApp.shop.request(["redirect_uri": "https://evil.example/"]))
        let reference = try #require(page.reference)
        #expect(house.log.lines.contains { $0.contains("page refused") && $0.contains(reference) })
    }
}

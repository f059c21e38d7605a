import Cryptography
import Foundation
import JOSE
import JSON
import OAuth
import Storage
import Testing
import Web

@Suite("After a restore everybody begins anew")
struct RestoreJourney {
    /// Backed up, used on, and put back to what it was.
    private func restore(_ house: TestHouse, from file: String) async throws -> Restored {
        let backup = try Backup.open(file)
        defer { backup.close() }
        return try await house.store.restore(backup, replacing: true, clock: house.clock, alone: nil)
    }

    private func backUp(_ house: TestHouse) async throws -> String {
        let file = house.folder.appending(path: "\(UUID().uuidString).bak").path()
        let occasion = BackupFacts.Occasion(
            madeAt: house.clock.now, program: "test", engine: "sqlite", issuer: TestHouse.origin)
        _ = try await house.store.backUp(to: file, occasion)
        return file
    }

    @Test("OP3: sessions, codes, refresh tokens and JWT access tokens of before are dead, those of after live")
    func everything() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let offline = ["scope": "openid email offline_access"]
        let before = try await house.tokens(for: .app, in: browser, offline)
        let file = try await backUp(house)
        let after = try await house.tokens(for: .app, in: browser, offline)
        let unspent = try await house.code(for: .app, in: browser, offline)
        let machine = try TestTokens(
            await TestApp.shop.call("/token", ["grant_type": "client_credentials"], at: house.reception))
        #expect(await TestApp.watch.introspect(machine.access, at: house.reception)["active"] == true)
        #expect(await TestApp.shop.revoke(machine.access, at: house.reception).status == 200)
        let restored = try await restore(house, from: file)
        house.clock.advance(restored.epoch.seconds(since: house.clock.now))
        for tokens in [before, after] {
            #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 401)
            #expect(await TestApp.watch.introspect(tokens.access, at: house.reception)["active"] == false)
            let refresh = try #require(tokens.refresh)
            #expect(await TestApp.app.refresh(refresh, at: house.reception).error == "invalid_grant")
            #expect(await TestApp.watch.introspect(refresh, at: house.reception)["active"] == false)
        }
        #expect(await TestApp.watch.introspect(machine.access, at: house.reception)["active"] == false)
        #expect(await TestApp.app.exchange(unspent, at: house.reception).error == "invalid_grant")
        #expect(await browser.visit("/account").forms.contains { $0.action == "/sign-in" })
        let fresh = try await house.tokens(for: .app, in: browser, offline)
        #expect(await TestApp.userInfo(fresh.access, at: house.reception).status == 200)
    }

    @Test("OP3: an access token made while the epoch has not come is dead: the doors are shut until then")
    func tooEarly() async throws {
        let house = try await TestHouse()
        let restored = try await restore(house, from: try await backUp(house))
        let early = try TestTokens(
            await TestApp.shop.call("/token", ["grant_type": "client_credentials"], at: house.reception))
        house.clock.advance(restored.epoch.seconds(since: house.clock.now))
        #expect(await TestApp.watch.introspect(early.access, at: house.reception)["active"] == false)
        let late = try TestTokens(
            await TestApp.shop.call("/token", ["grant_type": "client_credentials"], at: house.reception))
        #expect(await TestApp.watch.introspect(late.access, at: house.reception)["active"] == true)
    }

    @Test("OP3: a setup link of before opens nothing, a new one does")
    func setupLink() async throws {
        let house = try await TestHouse()
        let old = try await house.setupLink()
        let file = try await backUp(house)
        #expect(await !house.browser().visit(old).forms.isEmpty)
        _ = try await restore(house, from: file)
        #expect(await house.browser().visit(old).forms.isEmpty)
        let new = try await house.setupLink()
        #expect(await !house.browser().visit(new).forms.isEmpty)
    }

    /// Seconds from the epoch; `nil` where the assertion does not say.
    @Test(
        "OP3, TK3: an assertion is taken only when it cannot have been used before the restore",
        arguments: [
            (iat: nil, exp: 300, isTaken: false), (iat: 0, exp: 300, isTaken: false),
            (iat: 59, exp: 300, isTaken: false),
            (iat: 60, exp: 300, isTaken: true), (iat: -30, exp: 3599, isTaken: false),
            (iat: nil, exp: 3600, isTaken: true),
        ] as [(Int64?, Int64, Bool)])
    func assertions(iat: Int64?, exp: Int64, isTaken: Bool) async throws {
        let key = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let jwk = String(decoding: key.jwk.json.bytes(), as: UTF8.self)
        let house = try await TestHouse(clients: [
            "signer": """
            {"client_id": "signer", "client_name": "Signer", "grant_types": ["client_credentials"],
             "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [\(jwk)]}}
            """
        ])
        let restored = try await restore(house, from: try await backUp(house))
        house.clock.advance(restored.epoch.seconds(since: house.clock.now) + 1)
        var claims: JSONObject = [
            "iss": "signer", "sub": "signer", "aud": .string(TestHouse.origin), "jti": "assertion-1",
            "exp": .integer(restored.epoch.seconds + exp),
        ]
        if let iat { claims["iat"] = .integer(restored.epoch.seconds + iat) }
        let assertion = try JWT.signed(claims: JSONValue.object(claims).bytes(), type: .idToken, by: key)
        let page = await TestApp(id: "signer", secret: nil, redirectURI: "", scope: "").call(
            "/token",
            [
                "grant_type": "client_credentials", "client_assertion": assertion,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ], at: house.reception)
        #expect(page.status == (isTaken ? 200 : 401))
    }
}

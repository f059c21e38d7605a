import OAuth
import TestSupport
import Testing
import Web

@Suite("Exchanging a code")
struct CodeAttacks {
    struct Mismatch: Sendable, CustomTestStringConvertible {
        let changes: [String: String?]
        let error: String
        init(_ changes: [String: String?], _ error: String = "invalid_grant") {
            (self.changes, self.error) = (changes, error)
        }
        var testDescription: String { "\(changes)" }
    }

    static let mismatches = [
        Mismatch(["code": nil], "invalid_request"), Mismatch(["code": ""], "invalid_request"),
        Mismatch(["code": "x"]), Mismatch(["code": "mac_" + String(repeating: "A", count: 43)]),
        Mismatch(["redirect_uri": nil]), Mismatch(["redirect_uri": ""]),
        Mismatch(["redirect_uri": "https://shop.example/callback/"]),
        Mismatch(["redirect_uri": "https://SHOP.example/callback"]),
        Mismatch(["redirect_uri": "https://evil.example/"]),
        Mismatch(["code_verifier": nil]), Mismatch(["code_verifier": ""]),
        Mismatch(["code_verifier": TestApp.challenge]), Mismatch(["code_verifier": TestApp.verifier + "A"]),
        Mismatch(["code_verifier": TestApp.verifier.lowercased()]),
        Mismatch(["code_verifier": String(TestApp.verifier.dropLast())]),
        Mismatch(["code_verifier": String(repeating: "a", count: 42)]),
        Mismatch(["code_verifier": String(repeating: "a", count: 129)]),
        Mismatch(["code_verifier": TestApp.verifier + "\u{E9}"]), Mismatch(["code_verifier": " " + TestApp.verifier]),
        Mismatch(["resource": "https://other.example/"], "invalid_target"),
        Mismatch(["resource": "https://evil.example/"], "invalid_target"),
        Mismatch(["grant_type": "refresh_token"], "invalid_request"), Mismatch(["grant_type": nil], "invalid_request"),
        Mismatch(["grant_type": "client_credentials", "scope": "openid"], "invalid_scope"),
    ]

    @Test(
        "One mismatch refuses a code and leaves it unspent: a stranger cannot burn it (AZ8, AZ9, AZ11)",
        arguments: mismatches)
    func mismatch(_ mismatch: Mismatch) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let code = try await house.code(for: .shop, in: house.browser())
        let refused = await TestApp.shop.exchange(code, at: house.reception, mismatch.changes)
        #expect(refused.status == 400 && refused.error == mismatch.error, "\(refused.text)")
        #expect(await TestApp.shop.exchange(code, at: house.reception).status == 200)
    }

    @Test("Another client's code is refused, whichever client presents it, and stays good for its own (AZ9, TK6)")
    func otherClient() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let code = try await house.code(for: .shop, in: house.browser())
        for thief in [TestApp.bank, .app, .device] {
            for address in [thief.redirectURI, TestApp.shop.redirectURI] {
                let page = await thief.exchange(code, at: house.reception, ["redirect_uri": address])
                #expect(page.error == "invalid_grant", "\(thief.id)")
            }
        }
        let impostor = TestApp(id: "shop", secret: nil, redirectURI: TestApp.shop.redirectURI, scope: "")
        #expect(await impostor.exchange(code, at: house.reception).status == 401)
        #expect(await TestApp.shop.exchange(code, at: house.reception).status == 200)
    }

    @Test("A code is good for 60 seconds (AZ9, D9)", arguments: [(59, 200), (60, 400), (61, 400)])
    func expiry(seconds: Int64, status: Int) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let code = try await house.code(for: .shop, in: house.browser())
        house.clock.advance(seconds)
        #expect(await TestApp.shop.exchange(code, at: house.reception).status == status)
    }

    @Test("A code of 256 random bits is in no log of events and looks like no other (AZ9, CF3)")
    func entropy() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        var codes: Set<String> = []
        for _ in 0..<50 { codes.insert(try await house.code(for: .app, in: browser)) }
        #expect(codes.count == 50 && codes.allSatisfy { $0.hasPrefix("mac_") && $0.utf8.count == 47 })
        let events = house.audit.events.map { "\($0)" }.joined()
        #expect(codes.allSatisfy { !events.contains($0) })
    }

    @Test("A second valid exchange is refused and kills what the first one gave (AZ10, AZ11)")
    func replay() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let code = try await house.code(for: .shop, in: house.browser(), ["scope": "openid offline_access"])
        let tokens = try TestTokens(await TestApp.shop.exchange(code, at: house.reception))
        #expect(await TestApp.shop.introspect(tokens.access, at: house.reception).isActive == true)
        #expect(await TestApp.shop.exchange(code, at: house.reception).error == "invalid_grant")
        #expect(await TestApp.shop.introspect(tokens.access, at: house.reception).text == #"{"active":false}"#)
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 401)
        let refresh = try #require(tokens.refresh)
        #expect(await TestApp.shop.refresh(refresh, at: house.reception).error == "invalid_grant")
        // Dead is dead: nobody fills the record with it (CF2).
        for _ in 1...20 {
            #expect(await TestApp.shop.exchange(code, at: house.reception).error == "invalid_grant")
        }
        #expect(house.audit.count(.reuseDetected) == 1)
    }

    @Test("A replay with anything wrong, or after its time, kills nothing (AZ11)")
    func invalidReplay() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let code = try await house.code(for: .shop, in: house.browser())
        let tokens = try TestTokens(await TestApp.shop.exchange(code, at: house.reception))
        for changes in [["code_verifier": TestApp.challenge], ["redirect_uri": "https://evil.example/"]] {
            #expect(await TestApp.shop.exchange(code, at: house.reception, changes).error == "invalid_grant")
        }
        #expect(await TestApp.bank.exchange(code, at: house.reception).error == "invalid_grant")
        house.clock.advance(61)
        #expect(await TestApp.shop.exchange(code, at: house.reception).error == "invalid_grant")
        #expect(await TestApp.shop.introspect(tokens.access, at: house.reception).isActive == true)
        #expect(house.audit.count(.reuseDetected) == 0)
    }

    @Test("Of 200 exchanges at once, over two processes, one succeeds, and what it got is dead (AZ10, AZ11, IN3)")
    func race() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let sibling = try await house.sibling()
        let code = try await house.code(for: .shop, in: house.browser(), ["scope": "openid offline_access"])
        let pages = await withTaskGroup(of: TestPage.self) { group in
            for number in 0..<200 {
                group.addTask {
                    await TestApp.shop.exchange(code, at: number.isMultiple(of: 2) ? house.reception : sibling)
                }
            }
            return await group.reduce(into: [TestPage]()) { $0.append($1) }
        }
        let won = pages.filter { $0.status == 200 }
        #expect(won.count == 1 && pages.count { $0.error == "invalid_grant" } == 199)
        let tokens = try TestTokens(try #require(won.first))
        for reception in [house.reception, sibling] {
            #expect(await TestApp.shop.introspect(tokens.access, at: reception).isActive == false)
            #expect(await TestApp.shop.introspect(tokens.refresh ?? "", at: reception).isActive == false)
        }
    }

    @Test(
        "A verifier that nobody asked for is refused where PKCE may be left out, and nonce is then needed (AZ7, AZ8, D4)"
    )
    func withoutPKCE() async throws {
        let lax = TestClients.bank.replacing(
            "\"martlet_skips", with: "\"martlet_may_omit_pkce\": true, \"martlet_skips")
        let house = try await TestHouse(clients: ["bank": lax])
        _ = try await house.person()
        let browser = house.browser()
        let without: [String: String?] = ["code_challenge": nil, "code_challenge_method": nil]
        let bare = without.merging(["nonce": nil]) { $1 }
        #expect(await browser.get(TestApp.bank.request(bare)).answer["error"] == "invalid_request")
        let code = try await house.code(for: .bank, in: browser, without)
        #expect(await TestApp.bank.exchange(code, at: house.reception).error == "invalid_grant")
        #expect(await TestApp.bank.exchange(code, at: house.reception, ["code_verifier": nil]).status == 200)
        let bound = try await house.code(for: .bank, in: browser)
        let downgrade = await TestApp.bank.exchange(bound, at: house.reception, ["code_verifier": nil])
        #expect(downgrade.error == "invalid_grant")
    }

    @Test(
        "Signing out or being disabled between code and exchange leaves nothing to exchange (SE5, SE6)",
        arguments: [
            "out", "disabled",
        ])
    func endedMeanwhile(how: String) async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = house.browser()
        let code = try await house.code(for: .shop, in: browser)
        if how == "out" {
            _ = await browser.submit(await browser.get("/logout"), ["decision": "sign-out"], action: "/logout/confirm")
        } else {
            _ = try await house.store.setStatus(.disabled, of: ada.id, at: house.clock.now)
            _ = try await house.store.setStatus(.active, of: ada.id, at: house.clock.now)
        }
        #expect(await TestApp.shop.exchange(code, at: house.reception).error == "invalid_grant")
    }
}

import OAuth
import Testing

@testable import Web
@testable import martlet

@Suite("When the database is away")
struct OutageJourney {
    private func signedIn(_ house: TestHouse) async -> TestBrowser {
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        return browser
    }

    /// Looks at what a failure may not tell.
    private func isDiscreet(_ page: TestPage) -> Bool {
        !["sqlite", "SQL", "database", "closed", "StorageError", "martlet.db", "no such table"].contains {
            page.text.contains($0)
        }
    }

    @Test("People get a page: 503, when to come back, a reference and nothing of what happened (CF5)")
    func pages() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = await signedIn(house)
        let consent = await browser.visit(TestApp.shop.request())
        let setup = await house.browser().get("/")
        #expect(setup.status == 200)
        await house.store.close()
        for path in [
            "/", "/account", "/account/password", "/logout", TestApp.app.request(),
            "/sign-in?request=\(consent.handle ?? "")",
        ] {
            let page = await browser.get(path)
            #expect(page.status == 503 && page.header("Retry-After") == "2", "\(path)")
            #expect(page.reference?.isEmpty == false && isDiscreet(page) && page.location == nil)
            #expect(page.header("Cache-Control") == "no-store" && page.cookies.isEmpty)
        }
        for path in FormAttacks.guarded(house) {
            let values = FormAttacks.values(consent.handle ?? "", ada.id)
            let page = await browser.post(consent, values, action: path)
            #expect(page.status == 503 || page.status == 404, "\(path): \(page.status)")
            #expect(page.cookies.isEmpty && page.location == nil && isDiscreet(page))
        }
    }

    @Test("Apps get JSON: 503, when to come back, a reference, and no success without effect (CF5, TK12, TK13)")
    func apps() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let offline = ["scope": "openid offline_access"]
        let tokens = try await house.tokens(for: .shop, in: browser, offline)
        let code = try await house.code(for: .shop, in: browser, offline)
        await house.store.close()
        let pages = [
            await TestApp.shop.exchange(code, at: house.reception),
            await TestApp.shop.refresh(tokens.refresh ?? "", at: house.reception),
            await TestApp.shop.introspect(tokens.access, at: house.reception),
            await TestApp.shop.introspect(tokens.refresh ?? "", at: house.reception),
            await TestApp.shop.revoke(tokens.access, at: house.reception),
            await TestApp.shop.revoke(tokens.refresh ?? "", at: house.reception),
            await TestApp.userInfo(tokens.access, at: house.reception),
        ]
        for page in pages {
            #expect(page.status == 503 && page.header("Retry-After") == "2")
            #expect(page.error == "temporarily_unavailable" && isDiscreet(page))
            #expect(page["error_description"]?.stringValue?.contains("reference") == true)
            #expect(!page.text.contains(code) && !page.text.contains(tokens.refresh ?? "-"))
        }
    }

    @Test("What needs no database goes on: metadata, keys, assets, a token of an app's own (OP6)")
    func untouched() async throws {
        let house = try await TestHouse()
        await house.store.close()
        let assets = house.reception.rooms.pages.assets
        for path in ["/.well-known/openid-configuration", "/jwks.json", assets.path("martlet.css")] {
            #expect(await house.browser().get(path).status == 200, "\(path)")
        }
        let page = await TestApp.shop.call("/token", ["grant_type": "client_credentials"], at: house.reception)
        #expect(page.status == 200)
    }

    @Test("A damaged database is 500 without a promise that waiting helps, and tells as little (CF5)")
    func damaged() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let tokens = try await house.tokens(for: .shop, in: browser)
        try await house.store.database.write { connection in
            _ = try connection.execute("ALTER TABLE refresh_tokens RENAME TO lost_as_well", [])
            _ = try connection.execute("ALTER TABLE sessions RENAME TO lost", [])
            _ = try connection.execute("ALTER TABLE revoked_access_tokens RENAME TO lost_too", [])
        }
        for page in [await browser.get("/account"), await TestApp.userInfo(tokens.access, at: house.reception)] {
            #expect(page.status == 500 && page.header("Retry-After") == nil && isDiscreet(page))
            #expect(page.reference != nil || page.text.contains("reference"))
        }
        #expect(await TestApp.shop.introspect(tokens.access, at: house.reception).status == 500)
    }

    @Test("OP6: that nothing can be written is logged once, with the reason, and that it is over is logged too")
    func readiness() async throws {
        let house = try await TestHouse()
        let readiness = Readiness(
            store: house.store, clock: house.clock, drain: Drain(logger: house.log.logger), logger: house.log.logger)
        func rename(_ old: String, _ new: String) async throws {
            _ = try await house.store.database.write { try $0.execute("ALTER TABLE \(old) RENAME TO \(new)", []) }
        }
        func told() -> [String] { house.log.lines.filter { $0.contains("ready") } }
        repeat { await readiness.check() } while !readiness.isReady
        #expect(told().isEmpty)
        try await rename("heartbeat", "lost")
        for _ in 1...3 { await readiness.check() }
        #expect(!readiness.isReady && told().count == 1)
        #expect(told().first?.hasPrefix("error not ready: the database cannot be written to or read") == true)
        #expect(told().first?.contains("heartbeat") == true)
        try await rename("lost", "heartbeat")
        // A machine that is busy for seconds between a check and this look makes it old again.
        repeat { await readiness.check() } while !readiness.isReady
        #expect(told().count == 2)
        #expect(told().last?.hasPrefix("notice ready again") == true)
    }
}

import HTTPTypes
import OAuth
import Testing

@testable import Identity
@testable import Web

@Suite("Sessions whose second factor is missing")
struct HalfSessions {
    private func half(_ house: TestHouse) async throws -> TestBrowser {
        _ = try await house.person()
        _ = try await house.addApp()
        let browser = house.browser()
        #expect(await browser.halfSignedIn().target == "/second-factor")
        return browser
    }

    /// `/account` leads on to the second factor.
    @Test("MF5: pages are to them what they are to strangers, or lead to the second factor")
    func pages() async throws {
        let house = try await TestHouse()
        let browser = try await half(house)
        // Leaving is always possible.
        let open: Set<String> = ["/logout"]
        let routes = Reception.routes(house.reception.rooms).filter { $0.actions[.get] != nil }.map(\.filled)
        for path in routes where !path.hasPrefix("/second-factor") && !open.contains(path) {
            let page = await browser.get(path)
            let stranger = await house.browser().get(path)
            let isLed =
                page.status == 303
                && (page.location?.hasPrefix("/second-factor") == true || page.location == "/account")
            let isAlike = page.status == stranger.status && page.location == stranger.location
            #expect(isLed || isAlike, "\(path): \(page.status) \(page.location ?? "")")
            #expect(!page.text.contains("ada@example.org") && !page.text.contains("Ada Lovelace"), "\(path)")
        }
        #expect(await browser.visit("/account").target.hasPrefix("/second-factor"))
    }

    @Test("MF5: no form of the account or of administration takes anything from them, with a genuine token too")
    func forms() async throws {
        let house = try await TestHouse()
        let browser = try await half(house)
        let page = await browser.get("/second-factor")
        let token = try #require(page.forms.first?.fields["csrf"])
        let routes = Reception.routes(house.reception.rooms)
            .filter { $0.actions[.post] != nil && $0.accepts == .form }.map(\.filled)
        for path in routes where path.hasPrefix("/account/") || path.hasPrefix("/admin") {
            let values = FormAttacks.values("x", "x").merging(["csrf": token]) { $1 }
            let reply = await browser.post(page, values, action: path)
            let isLed = ["/second-factor", "/sign-in"].contains { reply.location?.hasPrefix($0) == true }
            #expect(isLed || reply.status == 401 || reply.status == 404, "\(path): \(reply.status)")
        }
        let kinds = house.audit.events.map(\.kind)
        #expect(!kinds.contains(.passwordChanged) && !kinds.contains(.reauthenticated))
    }

    @Test("MF5: the sign-in page leads back to the second factor, and still lets somebody else in when asked to")
    func signInPage() async throws {
        let house = try await TestHouse()
        let browser = try await half(house)
        _ = try await house.person("bob@example.org")
        #expect(await browser.get("/sign-in").location == "/second-factor")
        let next = "/sign-in?next=%2Faccount%2Fprofile"
        #expect(await browser.get(next).location == "/second-factor?next=%2Faccount%2Fprofile")
        let page = await browser.get("/sign-in?switch=1")
        #expect(page.status == 200)
        #expect(await browser.signIn(page, "bob@example.org").target == "/account")
    }

    @Test("MF5, MF6: single sign-on gives them no code, asked silently or not")
    func singleSignOn() async throws {
        let house = try await TestHouse()
        let browser = try await half(house)
        let silent = await browser.visit(TestApp.app.request(["prompt": "none"]))
        #expect(silent.answer["error"] == "login_required" && silent.answer["code"] == nil)
        #expect(await browser.visit(TestApp.app.request()).target.hasPrefix("/second-factor?request="))
    }

    @Test("They end after a quarter of an hour, and when their person leaves")
    func ending() async throws {
        let house = try await TestHouse()
        let browser = try await half(house)
        let page = await browser.get("/second-factor")
        let copy = house.browser()
        copy.cookies = browser.cookies
        let left = await browser.post(page, [:], action: "/second-factor/leave")
        #expect(left.location == "/sign-in" && browser.cookies["martlet-session"] == nil)
        #expect(await copy.get("/second-factor").location == "/sign-in")
        _ = await browser.halfSignedIn()
        house.clock.advance(899)
        #expect(await browser.get("/second-factor").status == 200)
        house.clock.advance(2)
        #expect(await browser.get("/second-factor").location == "/sign-in")
    }

    @Test("They can be signed out like any other")
    func signingOut() async throws {
        let house = try await TestHouse()
        let browser = try await half(house)
        let copy = house.browser()
        copy.cookies = browser.cookies
        _ = await browser.submit(await browser.get("/logout"), ["decision": "sign-out"])
        #expect(await copy.get("/second-factor").location == "/sign-in")
    }

    @Test("B106: exempt paths are matched by whole segments, and never open what guards the account")
    func exemptPaths() {
        var policy = FactorPolicy()
        policy.exemptPaths = ["/account/applications", "/account/pro", "/admin", "/authorize", "/consent", "/api"]
        let paths = ExemptPaths(policy)
        #expect(paths.contains("/account/applications") && paths.contains("/account/applications/remove"))
        for path in [
            "/account", "/account/profile", "/account/applicationsX", "/admin", "/admin/people/x", "/authorize",
            "/consent", "/api/admin/v1/people", "/", "",
        ] {
            #expect(!paths.contains(path), "\(path)")
        }
        policy.exemptPaths = ["/", "/account"]
        for path in [
            "/account/security", "/account/security/connect", "/account/factors/set-up", "/account/password",
            "/account/address", "/account/address/confirm", "/account/confirm", "/account/delete", "/account/export",
        ] {
            #expect(!ExemptPaths(policy).contains(path), "\(path)")
        }
        #expect(ExemptPaths(policy).contains("/account/profile"))
        #expect(!ExemptPaths(FactorPolicy()).contains("/account"))
    }
}

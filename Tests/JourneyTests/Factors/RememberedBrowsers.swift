import Identity
import OAuth
import Testing

@testable import Web

@Suite("Browsers that are remembered for second factors")
struct RememberedBrowsers {
    private static let day: Int64 = 86_400

    /// Remembered, and not signed in any more.
    private func remembered(_ house: TestHouse, _ factors: TestFactors) async -> TestBrowser {
        let browser = house.browser()
        let code = factors.authenticator.code(at: house.clock.now)
        let page = await browser.prove(code, on: await browser.halfSignedIn(), remember: true)
        let cookie = page.cookies.first { $0.hasPrefix("martlet-remembered=") }
        #expect(cookie?.contains("Max-Age=\(14 * Self.day);") == true && cookie?.contains("HttpOnly") == true)
        browser.cookies["martlet-session"] = nil
        return browser
    }

    @Test("B100: on a remembered browser nothing is asked on day 13, and again on day 15")
    func window() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await remembered(house, try await house.addApp())
        house.clock.advance(13 * Self.day)
        #expect(await browser.halfSignedIn().target == "/account")
        #expect(house.audit.events.contains { $0.kind == .factorWaived })
        browser.cookies["martlet-session"] = nil
        house.clock.advance(2 * Self.day)
        #expect(await browser.halfSignedIn().target == "/second-factor")
    }

    @Test("B100: another browser is asked, with the cookie of the one too, and so is another person on the same")
    func others() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person("bob@example.org")
        _ = try await house.addApp("bob@example.org")
        let browser = await remembered(house, try await house.addApp())
        #expect(await house.browser().halfSignedIn().target == "/second-factor")
        let forged = house.browser()
        forged.cookies["martlet-remembered"] = "mrb_" + String(repeating: "A", count: 43)
        #expect(await forged.halfSignedIn().target == "/second-factor")
        #expect(await browser.halfSignedIn("bob@example.org").target == "/second-factor")
    }

    @Test("B100, MF7: it is good for coming in, and for nothing that asks for a recent proof")
    func stepUp() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await remembered(house, try await house.addApp())
        #expect(await browser.halfSignedIn().target == "/account")
        #expect(await browser.get("/account/address").location == "/second-factor?next=%2Faccount%2Faddress")
    }

    @Test("B105: administration asks for the factor, whatever browser is remembered")
    func administration() async throws {
        let house = try await TestHouse()
        _ = try await house.person(roles: [.administrator])
        let factors = try await house.addApp()
        let browser = await remembered(house, factors)
        #expect(await browser.halfSignedIn().target == "/account")
        #expect(await browser.get("/admin").location == "/second-factor?next=%2Fadmin")
        let page = await browser.visit("/admin")
        house.clock.advance(30)
        let code = factors.authenticator.code(at: house.clock.now)
        #expect(await browser.prove(code, on: page).location == "/admin")
        #expect(await browser.get("/admin").status == 200)
    }
}

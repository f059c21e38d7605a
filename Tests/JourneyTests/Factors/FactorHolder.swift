import Identity
import OAuth
import Testing

/// Somebody who has set up an authenticator app, in the browser where they did so.
struct FactorHolder: Sendable {
    let house: TestHouse
    let account: Account
    let browser: TestBrowser
    let app: TestAuthenticator
    /// As they were shown, once.
    let codes: [String]

    static let appPage = "/account/factors/app"

    init(
        _ email: String = "ada@example.org", in house: TestHouse, from peer: String = "192.0.2.1"
    ) async throws {
        self.house = house
        account = try await house.person(email)
        browser = await house.browser(from: peer).signedIn(email)
        let page = await browser.get(Self.appPage)
        app = try TestAuthenticator(on: page)
        let done = await browser.post(page, ["code": app.code(at: house.clock.now)], action: Self.appPage)
        try #require(done.status == 200, "\(done.text)")
        codes = done.backupCodes
    }

    var holdings: FactorHoldings {
        get async throws { try await house.store.holdings(of: account.id) }
    }

    /// The only one there is.
    var factor: Factor {
        get async throws { try #require(await holdings.factors.first) }
    }

    /// The second step, where the browser is asked for it; half a minute later, since no code is good twice (MF2).
    func prove(_ page: TestPage) async -> TestPage {
        house.clock.advance(30)
        let form =
            page.target.hasPrefix("/second-factor/app") ? page : await browser.get("/second-factor/app" + page.query)
        return await browser.submit(form, ["code": app.code(at: house.clock.now)], action: "/second-factor/app")
    }
}

extension TestPage {
    /// Shown once.
    var backupCodes: [String] {
        text.matches(of: /<span class="backup-code">([^<]+)<\/span>/).map { String($0.1) }
    }

    /// `?…` of the address it was reached by.
    var query: String { target.firstIndex(of: "?").map { String(target[$0...]) } ?? "" }
}

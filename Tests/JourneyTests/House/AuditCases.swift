import Foundation
import HTTPTypes
import Identity
import OAuth
import TestSupport
import Testing
import Web

@testable import martlet

/// A deed, and the one event it must leave.
struct AuditCase: Sendable, CustomTestStringConvertible {
    let kind: AuditEvent.Kind
    /// How the actor begins.
    let actor: String
    /// `nil` for what no request causes.
    let network: String?
    var count = 1
    var settings: @Sendable (inout Settings) -> Void = { _ in }
    /// Those that people may come by.
    var providers: [String] = []
    let deed: @Sendable (TestHouse) async throws -> Void

    var testDescription: String { kind.rawValue }

    func house() async throws -> TestHouse {
        guard !providers.isEmpty else { return try await TestHouse(settings: settings) }
        return try await UpstreamHouse.make(providers, settings: settings).house
    }

    static let here = "192.0.2.0/24"
    static let apps = "198.51.100.0/24"

    private static func signedIn(_ house: TestHouse) async -> TestBrowser {
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        return browser
    }

    private static func person(
        _ kind: AuditEvent.Kind, count: Int = 1,
        _ deed: @escaping @Sendable (TestHouse, TestBrowser) async throws -> Void
    ) -> AuditCase {
        AuditCase(kind: kind, actor: "person:", network: here, count: count) { house in
            try await deed(house, await signedIn(house))
        }
    }

    private static func visitor(
        _ kind: AuditEvent.Kind, _ deed: @escaping @Sendable (TestHouse, TestBrowser) async throws -> Void
    ) -> AuditCase {
        AuditCase(kind: kind, actor: "visitor", network: here) { try await deed($0, $0.browser()) }
    }

    private static func client(
        _ kind: AuditEvent.Kind, _ deed: @escaping @Sendable (TestHouse, TestTokens) async throws -> Void
    ) -> AuditCase {
        AuditCase(kind: kind, actor: "client:shop", network: apps) { house in
            try await deed(house, try await house.tokens(for: .shop, in: house.browser()))
        }
    }

    /// A right password of somebody whose address is not proven.
    private static func unproven(_ house: TestHouse, _ browser: TestBrowser) async throws {
        _ = try await house.unprovenPerson()
        _ = await browser.signIn(await browser.get("/sign-in"), "grace@example.org")
    }

    static let people: [AuditCase] = [
        person(.signIn) { _, _ in },
        visitor(.signInRefused) { _, browser in
            _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org", password: "wrong all the way")
        },
        visitor(.signInThrottled) { _, browser in
            let form = await browser.get("/sign-in")
            for _ in 1...11 { _ = await browser.signIn(form, "ada@example.org", password: "wrong all the way") }
        },
        person(.reauthenticated) { house, browser in
            house.clock.advance(360)
            _ = await browser.post(await browser.get("/account/confirm"), ["password": TestHouse.password])
        },
        person(.signOut) { _, browser in
            _ = await browser.submit(await browser.get("/logout"), ["decision": "sign-out"])
        },
        person(.sessionEnded) { house, browser in
            _ = await signedIn(house)
            _ = await browser.submit(
                await browser.get("/account/sessions"), [:], action: "/account/sessions/end-others")
        },
        person(.personNotAdmitted) { _, browser in _ = await browser.visit(TestApp.office.request()) },
        person(.consentGiven) { house, browser in _ = try await house.code(for: .shop, in: browser) },
        person(.consentDenied) { _, browser in
            _ = await browser.submit(await browser.visit(TestApp.shop.request()), ["decision": "deny"])
        },
        person(.consentRevoked) { house, browser in
            _ = try await house.tokens(for: .shop, in: browser)
            _ = await browser.post(
                await browser.get("/account/applications"), ["application": "shop"],
                action: "/account/applications/remove")
        },
        visitor(.formRefused) { _, browser in _ = await browser.post(await browser.get("/sign-in"), ["csrf": "x"]) },
        visitor(.signInDenied) { house, browser in
            for _ in 1...2 { _ = await signedIn(house) }
            let path = try #require(try await house.latestMail(to: "ada@example.org").paths.first)
            _ = await browser.post(await browser.get(path), [:])
        },
        visitor(.requestThrottled) { _, browser in
            for _ in 1...601 { _ = await browser.get(TestApp.shop.request()) }
        },
        AuditCase(kind: .captchaRefused, actor: "visitor", network: here, settings: { $0.captcha.provider = .altcha }) {
            house in
            let browser = house.browser()
            let form = await browser.get("/sign-in")
            for _ in 1...4 { _ = await browser.signIn(form, "ada@example.org", password: "wrong all the way") }
        },
        person(.codeIssued) { house, browser in _ = try await house.code(for: .shop, in: browser) },
        visitor(.authorizationRefused) { _, browser in
            _ = await browser.get(TestApp.shop.request(["redirect_uri": "https://evil.example/"]))
        },
        person(.profileChanged) { _, browser in
            _ = await browser.post(
                await browser.get("/account/profile"), ["name": "Ada L"], action: "/account/profile")
        },
        person(.pictureChanged) { _, browser in
            _ = await browser.upload(await browser.get("/account/profile"), SamplePictures.png)
        },
        person(.preferenceChanged) { _, browser in
            let page = await browser.get("/account/preferences")
            _ = await browser.post(page, ["value": "all"], action: "/account/preferences/notices")
        },
        person(.browsersForgotten) { house, browser in
            _ = await signedIn(house)
            let page = await browser.get("/account/sessions")
            _ = await browser.post(page, [:], action: "/account/browsers/forget-others")
        },
        person(.dataExported) { _, browser in
            _ = await browser.post(await browser.get("/account/data"), [:], action: "/account/export")
        },
        person(.accountDeleted) { _, browser in
            _ = await browser.post(await browser.get("/account/delete"), ["sure": "yes"], action: "/account/delete")
        },
        person(.accountRestored) { _, browser in
            _ = await browser.post(await browser.get("/account/delete"), ["sure": "yes"], action: "/account/delete")
            let page = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
            _ = await browser.post(page, [:], action: "/come-back")
        },
        person(.passwordChanged) { _, browser in
            let form = await browser.get("/account/password")
            _ = await browser.post(
                form, ["current": TestHouse.password, "password": "another long password here"])
        },
        visitor(.mailProofAsked) { house, browser in try await unproven(house, browser) },
        visitor(.mailProofRefused) { house, browser in
            try await unproven(house, browser)
            _ = await browser.type("AAAA-AAAA", on: await browser.get("/verification/code"))
        },
        AuditCase(kind: .addressVerified, actor: "person:", network: here) { house in
            let browser = house.browser()
            try await unproven(house, browser)
            let code = try await house.mailed(.verification).code
            _ = await browser.type(code, on: await browser.get("/verification/code"))
        },
        AuditCase(kind: .passwordReset, actor: "person:", network: here) { house in
            let browser = house.browser()
            await RecoveryJourney.ask(browser)
            let mail = try await house.latestMail(to: "ada@example.org", leading: "/recovery/")
            let link = try #require(mail.paths.first)
            _ = await browser.submit(await browser.get(link), ["password": RecoveryJourney.new])
        },
        person(.addressChanged) { house, browser in
            await AddressJourney.ask(browser)
            let link = try #require(try await house.latestMail(to: AddressJourney.new).paths.first)
            _ = await browser.submit(await browser.get(link), [:])
        },
        person(.addressRestored) { house, browser in
            await AddressJourney.ask(browser)
            let mail = try await house.latestMail(to: "ada@example.org", leading: "/address-undo/")
            let link = try #require(mail.paths.first)
            _ = await browser.submit(await browser.get(link), [:])
        },
        visitor(.addressUndoRefused) { _, browser in
            _ = await browser.forge(await browser.get("/sign-in"), to: "/address-undo/x")
        },
        AuditCase(kind: .administratorCreated, actor: "person:", network: here) { house in
            let browser = house.browser()
            _ = try await browser.submit(await browser.get(house.setupLink()), Self.administrator)
        },
        visitor(.setupLinkRefused) { house, browser in
            let link = try await house.setupLink()
            let form = await browser.get(link)
            _ = try await house.setupLink()
            _ = await browser.submit(form, Self.administrator)
        },
    ]

    private static let administrator = [
        "name": "Grace", "email": "grace@example.org", "password": "seventeen purple lanterns",
    ]

    static let clients: [AuditCase] = [
        AuditCase(kind: .administrationRefused, actor: "visitor", network: apps) { house in
            _ = await TestBrowser(reception: house.reception, peer: "198.51.100.7").get("/api/admin/v1/people")
        },
        client(.tokenIssued) { _, _ in },
        AuditCase(kind: .tokenAnswerRepeated, actor: "client:app", network: apps) { house in
            try house.register("app", LostResponses.graceful)
            let scope = ["scope": "openid offline_access"]
            let tokens = try await house.tokens(for: .app, in: house.browser(), scope)
            let refresh = try #require(tokens.refresh)
            for _ in 1...2 { _ = await TestApp.app.refresh(refresh, at: house.reception) }
        },
        client(.tokenRefused) { house, _ in _ = await TestApp.shop.refresh("mrt_unknown", at: house.reception) },
        client(.tokenRevoked) { house, tokens in _ = await TestApp.shop.revoke(tokens.access, at: house.reception) },
        AuditCase(kind: .revocationRefused, actor: "client:bank", network: apps) { house in
            let tokens = try await house.tokens(for: .shop, in: house.browser())
            _ = await TestApp.bank.revoke(tokens.access, at: house.reception)
        },
        AuditCase(kind: .introspectionRefused, actor: "visitor", network: apps) { house in
            _ = await TestApp.app.introspect("x", at: house.reception)
        },
        AuditCase(kind: .reuseDetected, actor: "client:shop", network: apps) { house in
            let code = try await house.code(for: .shop, in: house.browser())
            for _ in 1...2 { _ = await TestApp.shop.exchange(code, at: house.reception) }
        },
        AuditCase(kind: .clientAuthenticationRefused, actor: "visitor", network: apps) { house in
            let impostor = TestApp(id: "shop", secret: "guessed", redirectURI: "", scope: "")
            _ = await impostor.refresh("x", at: house.reception)
        },
    ]

    static let server: [AuditCase] = [
        AuditCase(kind: .setupLinkMade, actor: "server", network: nil) { _ = try await $0.setupLink() },
        AuditCase(kind: .accountPurged, actor: "server", network: nil) { house in
            let ada = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
            _ = try await house.store.delete(ada.id, by: .person, mailing: [], at: house.clock.now)
            house.clock.advance(31 * 86_400)
            try await Housekeeping(house: house.house).purge()
        },
        AuditCase(kind: .keyAdded, actor: "server", network: nil, count: 2) { _ in },
        AuditCase(kind: .keysRemoved, actor: "server", network: nil) { house in
            for days in [89, 91, 95] {
                try await house.house.groundwork.vault.refresh(at: house.clock.now + Int64(days) * 86_400)
            }
        },
        AuditCase(kind: .clientsReloaded, actor: "server", network: nil) { $0.house.reloadClients() },
        AuditCase(kind: .mailNotSent, actor: "server", network: nil) { house in
            try await house.post(.passwordChanged)
            house.post.refuse(with: MailFault(.refused, code: 550))
            try await house.sendMail()
        },
        AuditCase(kind: .eventsOmitted, actor: "server", network: nil) { house in
            let browser = house.browser()
            let form = await browser.get("/sign-in")
            for _ in 1...1010 { _ = await browser.post(form, ["csrf": "x"]) }
            await house.house.groundwork.storedAudit?.close()
        },
    ]

    static let all = people + invitations + upstream + factors + clients + server
}

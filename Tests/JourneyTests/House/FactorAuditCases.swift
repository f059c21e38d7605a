import Identity
import OAuth
import Testing
import Web

@testable import martlet

extension AuditCase {
    private static let list = "/account/security"

    private static func ada(_ house: TestHouse) async throws -> Account {
        try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
    }

    /// Codes by mail as the second step; the page with the backup codes.
    private static func setUp(_ house: TestHouse, _ browser: TestBrowser) async throws -> TestPage {
        let path = "/account/factors/mail"
        let waiting = await browser.submit(await browser.get(path), [:], action: path)
        let code = try #require(try await house.letters(.secondFactorCode).last?.code)
        return await browser.submit(waiting, ["code": code], action: path + "/code")
    }

    private static func enrolled(_ house: TestHouse) async throws -> TestBrowser {
        let browser = await house.browser().signedIn()
        let page = try await setUp(house, browser)
        try #require(page.status == 200, "\(page.text)")
        return browser
    }

    private static func enrolledPerson(
        _ kind: AuditEvent.Kind, _ deed: @escaping @Sendable (TestHouse, TestBrowser) async throws -> Void
    ) -> AuditCase {
        AuditCase(kind: kind, actor: "person:", network: here) { house in
            try await deed(house, try await enrolled(house))
        }
    }

    /// Who has an authenticator app, past the first step in another browser.
    private static func half(
        _ kind: AuditEvent.Kind,
        _ deed: @escaping @Sendable (TestHouse, TestBrowser, TestPage, TestAuthenticator) async throws -> Void
    ) -> AuditCase {
        AuditCase(kind: kind, actor: "person:", network: here) { house in
            let factors = try await house.addApp()
            let browser = house.browser()
            try await deed(house, browser, await browser.halfSignedIn(), factors.authenticator)
        }
    }

    private static func factor(_ house: TestHouse) async throws -> String {
        try #require(try await house.store.holdings(of: try await ada(house).id).factors.first).id
    }

    static let factors: [AuditCase] = [
        enrolledPerson(.factorAdded) { _, _ in },
        enrolledPerson(.factorRemoved) { house, browser in
            let fields = ["factor": try await factor(house), "sure": "yes"]
            _ = await browser.forge(await browser.get(list), fields, to: "/account/factors/remove")
        },
        enrolledPerson(.factorRenamed) { house, browser in
            let fields = ["factor": try await factor(house), "name": "My mailbox"]
            _ = await browser.forge(await browser.get(list), fields, to: "/account/factors/rename")
        },
        enrolledPerson(.backupCodesRenewed) { _, browser in
            _ = await browser.submit(await browser.get("/account/factors/codes"), [:], action: "/account/factors/codes")
        },
        half(.factorProven) { house, browser, page, app in
            _ = await browser.prove(app.code(at: house.clock.now), on: page)
        },
        half(.browserRemembered) { house, browser, page, app in
            _ = await browser.prove(app.code(at: house.clock.now), on: page, remember: true)
        },
        half(.factorRefused) { _, browser, page, _ in
            _ = await browser.prove("aaaa-aaaa-aaaa-aaaa", as: "backup-code", on: page)
        },
        half(.factorLocked) { _, browser, page, _ in
            for _ in 1...5 { _ = await browser.prove("aaaa-aaaa-aaaa-aaaa", as: "backup-code", on: page) }
        },
        AuditCase(
            kind: .factorWaived, actor: "person:", network: here, settings: { $0.secondFactor.exemptRoles = ["staff"] }
        ) { house in
            try await house.lose(try await house.person("grace@example.org", roles: [Role("staff")]))
            _ = await house.browser().signedIn("grace@example.org")
        },
        AuditCase(kind: .factorRecoveryAsked, actor: "person:", network: here) { house in
            try await house.lose(try await ada(house))
            _ = try await house.browser().beginRecovery(house)
        },
        AuditCase(kind: .factorRecoveryCancelled, actor: "visitor", network: here) { house in
            try await house.lose(try await ada(house))
            _ = try await house.browser().beginRecovery(house)
            let browser = house.browser()
            let link = try #require(try await house.stopLinks().first)
            _ = await browser.post(await browser.get(link), [:])
        },
        AuditCase(kind: .factorRecoveryFinished, actor: "person:", network: here) { house in
            try await house.lose(try await ada(house))
            _ = try await house.browser().beginRecovery(house)
            house.clock.advance(TestHouse.recoveryWait)
            _ = try await house.browser().half().finishRecovery(house)
        },
        AuditCase(kind: .factorsReset, actor: "client:robot", network: apps) { house in
            try house.register("robot", TestAPI.robot)
            let ada = try await ada(house)
            try await house.lose(ada)
            let api = try await TestAPI.own(house)
            _ = await api.call(.post, "/people/\(ada.id)/reset-factors", ["reason": "lost the telephone"])
        },
    ]
}

import Identity
import OAuth
import Testing
import Web

@testable import martlet

extension AuditCase {
    private static func invited(_ house: TestHouse) async throws -> String {
        _ = try await house.person("root@example.org", roles: [.administrator])
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "root@example.org")
        let form = ["email": "new@example.org", "reason": "joins on Monday"]
        _ = await browser.post(await browser.get("/admin/invite"), form, action: "/admin/invite")
        return try #require(try await house.letters(.invitation, to: "new@example.org").last?.path)
    }

    private static let newcomer = ["name": "New", "password": "seventeen purple lanterns"]

    static let invitations: [AuditCase] = [
        AuditCase(kind: .recoveryStarted, actor: "person", network: here) { house in
            _ = try await house.person("root@example.org", roles: [.administrator])
            let ada = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
            let browser = house.browser()
            _ = await browser.signIn(await browser.get("/sign-in"), "root@example.org")
            let page = await browser.get("/admin/people/\(ada.id)")
            _ = await browser.post(page, ["reason": "forgot it"], action: "/admin/people/\(ada.id)/recovery")
        },
        AuditCase(kind: .staffLinkMade, actor: "client:robot", network: apps) { house in
            try house.register("robot", TestAPI.robot)
            let ada = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
            let api = try await TestAPI.own(house)
            _ = await api.call(.post, "/people/\(ada.id)/sign-in-link", ["reason": "locked out"])
        },
        AuditCase(kind: .invitationMade, actor: "person", network: here) { _ = try await invited($0) },
        AuditCase(kind: .invitationAccepted, actor: "person:", network: here) { house in
            let browser = house.browser()
            _ = await browser.post(await browser.get(try await invited(house)), newcomer)
        },
        AuditCase(kind: .invitationWithdrawn, actor: "person", network: here) { house in
            _ = try await invited(house)
            let browser = house.browser()
            _ = await browser.signIn(await browser.get("/sign-in"), "root@example.org")
            let form = ["invited": "new@example.org", "withdraw_reason": "does not join"]
            _ = await browser.post(await browser.get("/admin/invite"), form, action: "/admin/invite/withdraw")
        },
        AuditCase(kind: .invitationRefused, actor: "visitor", network: here) { house in
            let path = try await invited(house)
            let browser = house.browser()
            let form = await browser.get(path)
            for _ in 1...2 { _ = await browser.post(form, newcomer) }
        },
    ]
}

import Identity
import OAuth
import Testing
import Web

@testable import martlet

extension AuditCase {
    private static func provider(
        _ kind: AuditEvent.Kind, actor: String = "person:",
        _ deed: @escaping @Sendable (UpstreamHouse) async throws -> Void
    ) -> AuditCase {
        var expected = AuditCase(kind: kind, actor: actor, network: "192.0.2.0/24") { house in
            let providers = (house.conversations ?? []).compactMap { $0 as? ScriptedProvider }
            try await deed(UpstreamHouse(house: house, providers: providers))
        }
        expected.providers = ["github"]
        return expected
    }

    private static let page = "/account/security"

    static let upstream: [AuditCase] = [
        provider(.upstreamRefused, actor: "visitor") { upstream in
            _ = await upstream.house.browser().get("/upstream/github/callback?code=x")
        },
        provider(.identityLinked) { upstream in
            let browser = await upstream.house.browser().signedIn()
            let away = await browser.post(
                await browser.get(page), ["provider": "github"], action: page + "/connect")
            let url = try #require(away.away)
            let back = try upstream.agree(to: url, as: UpstreamHouse.identity("github"))
            #expect(await browser.get(back).status == 303)
        },
        provider(.identityRemoved) { upstream in
            let ada = try #require(try await upstream.house.store.account(canonicalEmail: "ada@example.org"))
            try await upstream.house.connect(ada, "github")
            let browser = await upstream.house.browser().signedIn()
            let values = ["provider": "github", "subject": "583231"]
            let done = await browser.post(await browser.get(page), values, action: page + "/disconnect")
            #expect(done.status == 303)
        },
    ]
}

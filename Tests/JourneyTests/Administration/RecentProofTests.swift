import HTTPTypes
import Identity
import JSON
import OAuth
import Testing

@testable import Web

@Suite("Changes by a person's token want a recent proof of who it is (RFC 9470, B093)")
struct RecentProofTests {
    private static let calls: [(HTTPRequest.Method, String, JSONValue)] = [
        (.post, "/people/{id}/disable", ["reason": "x"]), (.post, "/people/{id}/enable", ["reason": "x"]),
        (.post, "/people/{id}/delete", ["reason": "x"]), (.post, "/people/{id}/purge", ["reason": "x"]),
        (.put, "/people/{id}/roles", ["reason": "x", "roles": []]), (.post, "/people/{id}/recovery", ["reason": "x"]),
        (.post, "/people/{id}/end-sessions", ["reason": "x"]), (.post, "/people/{id}/sign-in-link", ["reason": "x"]),
        (.post, "/people/{id}/reset-factors", ["reason": "x"]),
        (.post, "/invitations", ["email": "new@example.org", "reason": "x"]),
        (.post, "/invitations/withdraw", ["email": "new@example.org", "reason": "x"]),
    ]

    @Test("The list of changes is complete")
    func complete() async throws {
        let house = try await TestAPI.house()
        let writes = AdministrationAPI(rooms: house.reception.rooms).operations.filter(\.isWrite)
        #expect(Set(writes.map { "\($0.method) \($0.path)" }) == Set(Self.calls.map { "\($0.0) \($0.1)" }))
    }

    @Test("After five minutes every change is refused with how to ask anew, and everything can still be read")
    func late() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let ada = try await house.person()
        let api = try await TestAPI.person(house, "root@example.org")
        house.clock.advance(301)
        for (method, path, body) in Self.calls {
            let page = await api.call(method, path.replacing("{id}", with: ada.id), body)
            #expect(page.status == 401 && page.problem == "insufficient_user_authentication", "\(path) \(page.text)")
            let challenge = try #require(page.header("WWW-Authenticate"))
            #expect(challenge.hasPrefix("Bearer ") && challenge.contains("max_age=\"300\""), "\(challenge)")
            #expect(challenge.contains("error=\"insufficient_user_authentication\""), "\(challenge)")
        }
        #expect(try await house.store.account(id: ada.id) == ada)
        #expect(try await house.letters(.invitation, to: "new@example.org").isEmpty)
        #expect(house.audit.count(.administrationRefused) == Self.calls.count)
        for path in ["/people", "/people/\(ada.id)", "/people/\(ada.id)/access", "/people/\(ada.id)/events"] {
            #expect(await api.call(.get, path).status == 200, "\(path)")
        }
    }

    @Test("Within five minutes it changes; who is not to change anything is told that, not to prove it again")
    func early() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let ada = try await house.person()
        let api = try await TestAPI.person(house, "root@example.org")
        let ordinary = try await TestAPI.person(house, "ada@example.org")
        let reading = try await TestAPI.person(house, "root@example.org", scope: "openid martlet.people.read")
        house.clock.advance(299)
        let why: JSONValue = ["reason": "x"]
        #expect(await api.call(.post, "/people/\(ada.id)/end-sessions", why).status == 200)
        house.clock.advance(2)
        #expect(await api.call(.post, "/people/\(ada.id)/end-sessions", why).status == 401)
        for other in [ordinary, reading] {
            let page = await other.call(.post, "/people/\(ada.id)/enable", why)
            #expect(page.status != 200 && page.problem != "insufficient_user_authentication", "\(page.text)")
        }
    }

    @Test("A new access token by the refresh token of an old proof is no new proof")
    func refreshed() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let ada = try await house.person()
        let robot = TestAPI.robot.replacing(
            "\"authorization_code\"]", with: "\"authorization_code\", \"refresh_token\"]"
        ).replacing("\"openid ", with: "\"openid offline_access ")
        try house.register("robot", robot)
        let tokens = try await house.tokens(
            for: TestAPI.robotApp, in: house.browser(from: "192.0.2.77"), as: "root@example.org",
            [
                "resource": TestAPI.resource, "scope": "openid offline_access \(TestAPI.everything)",
                "prompt": "consent",
            ])
        house.clock.advance(301)
        let page = await TestAPI.robotApp.refresh(try #require(tokens.refresh), at: house.reception)
        let api = TestAPI(house: house, token: try TestTokens(page).access)
        let why: JSONValue = ["reason": "x"]
        #expect(await api.call(.get, "/people/\(ada.id)").status == 200)
        let refused = await api.call(.post, "/people/\(ada.id)/disable", why)
        #expect(refused.problem == "insufficient_user_authentication")
        #expect(try await house.store.account(id: ada.id) == ada)
        let own = try await TestAPI.own(house)
        house.clock.advance(301)
        #expect(await own.call(.post, "/people/\(ada.id)/disable", why).status == 200, "an app proves itself")
    }
}

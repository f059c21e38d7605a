import HTTPTypes
import Identity
import JSON
import OAuth
import Testing
import Web

@Suite("A token that may change people but not read them (TK24)")
struct WriteOnlyTests {
    private static let write = "martlet.people.write"
    private let why: JSONValue = ["reason": "why not"]

    private func expectUntold(_ page: TestPage, _ comment: String) {
        #expect(page.status == 204 && page.text.isEmpty && page.header("Content-Type") == nil, "\(comment)")
    }

    @Test("It does what it may and is told nothing of the person", arguments: [write, write + " martlet.audit.read"])
    func changes(scope: String) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house, scope: scope)
        let path = "/people/\(ada.id)"
        var tags: Set<String> = []
        for deed in ["recovery", "disable", "enable", "enable", "delete", "enable"] {
            let page = await api.call(.post, "\(path)/\(deed)", why)
            expectUntold(page, deed)
            tags.insert(try #require(page.header("ETag")))
        }
        let page = try await api.setRoles(of: ada.id, [["name": "staff"]])
        expectUntold(page, "roles")
        let account = try #require(try await house.store.account(id: ada.id))
        #expect(account.roles == [Role("staff")] && page.header("ETag") == "\"\(account.version)\"")
        // Three letters of a name can be in a digest by chance.
        #expect(tags.count > 1 && !tags.contains { $0.contains(ada.id) || $0.contains("@") })
        for refused in ["/people", path, path + "/access", "/invitations"] {
            #expect(await api.call(.get, refused).status == 403, "\(refused)")
        }
        let tag = ["If-Match": try #require(page.header("ETag"))]
        expectUntold(await api.call(.post, path + "/disable", why, headers: tag), "with what 204 told")
        let late = await api.call(.post, path + "/enable", why, headers: tag)
        #expect(late.status == 412 && !late.text.contains("ada") && !late.text.contains("staff"))
    }

    @Test("A registration that has lost the right to read takes it from tokens that have it, at once")
    func lost() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        #expect(await api.call(.post, "/people/\(ada.id)/enable", why)["id"]?.stringValue == ada.id)
        try house.register("robot", TestAPI.robot.replacing("martlet.people.read ", with: ""))
        expectUntold(await api.call(.post, "/people/\(ada.id)/enable", why), "lost")
    }

    @Test("What an invitation said is told to nobody who takes it back without reading")
    func invitations() async throws {
        let house = try await TestAPI.house()
        let whole = try await TestAPI.own(house)
        let order: JSONValue = ["email": "new@example.org", "name": "Newton", "reason": "joins"]
        #expect(await whole.call(.post, "/invitations", order).status == 201)
        let api = try await TestAPI.own(house, scope: Self.write)
        let back: JSONValue = ["email": "new@example.org", "reason": "left"]
        expectUntold(await api.call(.post, "/invitations/withdraw", back), "withdraw")
        let none = await api.call(.post, "/invitations/withdraw", back)
        #expect(none.status == 404 && !none.text.contains("Newton"))
    }

    @Test("The description says where 204 is answered instead")
    func described() async throws {
        let house = try await TestAPI.house()
        let text = try #require(await house.browser().get("/api/admin/v1/openapi.json").json)
        let paths = try #require(text["paths"]?.objectValue)
        for path in ["disable", "enable", "delete", "roles", "recovery"].map({ "/people/{id}/\($0)" })
            + ["/invitations/withdraw"]
        {
            let item = paths[path]?.objectValue
            let operation = (item?["post"] ?? item?["put"])?.objectValue?["responses"]?.objectValue
            #expect(operation?["204"] != nil && operation?["200"] != nil, "\(path)")
        }
    }
}

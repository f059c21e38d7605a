import Foundation
import HTTPTypes
import Identity
import JSON
import OAuth
import Testing

@testable import Web

@Suite("The description of the administration API")
struct APIDescriptionTests {
    private func document(_ house: TestHouse) async throws -> JSONObject {
        let page = await house.browser().get("/api/admin/v1/openapi.json")
        #expect(page.status == 200 && page.header("Content-Type") == "application/json")
        return try #require(page.json)
    }

    private func schema(_ name: String, _ document: JSONObject) throws -> JSONObject {
        try #require(document["components"]?.objectValue?["schemas"]?.objectValue?[name]?.objectValue, "\(name)")
    }

    @Test("Every route is described, and everything described is a route")
    func routes() async throws {
        let house = try await TestAPI.house()
        let paths = try #require(try await document(house)["paths"]?.objectValue)
        let described = Set(
            paths.members.flatMap { path, item in
                (item.objectValue?.keys ?? []).map { "\($0.uppercased()) \(AdministrationAPI.base)\(path)" }
            })
        let routes = Reception.routes(house.reception.rooms).filter { $0.path.hasPrefix("/api/") }
        let there = Set(routes.flatMap { route in route.actions.keys.map { "\($0.rawValue) \(route.path)" } })
        #expect(there.subtracting(described) == ["GET \(APIDescription.path)"])
        #expect(described.subtracting(there).isEmpty)
        #expect(routes.allSatisfy { $0.manner == .administration })
    }

    @Test("Every schema that is named is there, and every one there is named")
    func references() async throws {
        let house = try await TestAPI.house()
        let document = try await document(house)
        let text = JSONValue.object(document).text
        let named = Set(text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/).map { String($0.1) })
        let there = Set(document["components"]?.objectValue?["schemas"]?.objectValue?.keys ?? [])
        #expect(named == there)
    }

    /// Holds a value to its schema: no member more, and none less that is required.
    private func check(_ value: JSONValue, _ schema: APISchema, _ path: String, _ seen: inout Set<String>) {
        guard let object = value.objectValue else {
            Issue.record("\(path) is no object")
            return
        }
        for key in object.keys where !schema.members.contains(where: { $0.name == key }) {
            Issue.record("\(path).\(key) is not described")
        }
        for member in schema.members {
            guard let inner = object[member.name] else {
                #expect(!member.isRequired, "\(path).\(member.name) is missing")
                continue
            }
            seen.insert("\(schema.name).\(member.name)")
            switch member.kind {
            case .object(let nested): check(inner, nested, "\(path).\(member.name)", &seen)
            case .list(let nested):
                for element in inner.arrayValue ?? [] { check(element, nested, "\(path).\(member.name)[]", &seen) }
            case .boolean: #expect(inner.boolValue != nil)
            case .number: #expect(inner.integerValue != nil)
            case .choice(let names): #expect(names.contains(inner.stringValue ?? ""), "\(path).\(member.name)")
            case .texts: #expect(inner.stringsValue != nil)
            case .details: #expect(inner.objectValue != nil)
            case .time:
                #expect(inner.stringValue?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z/) != nil)
            case .text: #expect(inner.stringValue != nil)
            }
        }
    }

    @Test("What is answered is what is described, member for member, and every member is answered somewhere")
    func answers() async throws {
        let house = try await TestAPI.house()
        let profile = Profile(
            name: "Ada Lovelace", givenName: "Ada", familyName: "Lovelace", preferredUsername: "ada", locale: "en",
            zoneInfo: "Europe/London")
        let ada = try await house.person(roles: [Role("staff"), Role("editor", context: "p1")], profile: profile)
        try await house.connect(ada, "github")
        _ = try await house.store.database.change {
            try $0.execute("UPDATE upstream_identities SET last_used_at = linked_at", [])
        }
        _ = try await house.person("bob@example.org")
        _ = try await house.tokens(for: .shop, in: house.browser(), ["scope": "openid offline_access"])
        try await house.lose(ada)
        _ = try await house.store.database.change { try $0.execute("UPDATE factors SET last_used_at = created_at", []) }
        _ = try await house.storedEvents()
        let api = try await TestAPI.own(house)
        let root = try await house.person("root@example.org", roles: [.administrator])
        let order = Instruction(
            by: .person(root.id), .page, because: try #require(Reason("joins")), mayAppoint: true)
        _ = try await house.reception.rooms.administration.invitations.invite(
            try #require(EmailAddress("a@example.org")), name: PersonName("Ann"), roles: [Role("staff")], order,
            at: house.clock.now)
        let path = "/people/\(ada.id)"
        var seen: Set<String> = []
        let why: JSONValue = ["reason": "why not"]
        for (page, schema) in [
            (await api.call(.get, "/people?limit=1"), APISchema.people), (await api.call(.get, path), .person),
            (await api.call(.get, path + "/access"), .access),
            (await api.call(.get, path + "/events?limit=1"), .events),
            (await api.call(.get, path + "/events"), .events),
            (await api.call(.post, path + "/end-sessions", why), .ended),
            (await api.call(.post, path + "/sign-in-link", why), .signInLink),
            (
                await api.call(.post, "/invitations", ["email": "new@example.org", "reason": "x"]), .invitation
            ),
            (await api.call(.get, "/invitations?limit=1"), .invitations),
            (await api.call(.get, "/invitations"), .invitations),
            (
                await api.call(.post, "/invitations/withdraw", ["email": "new@example.org", "reason": "x"]),
                .invitation
            ),
            (await api.call(.post, path + "/delete", why), .person),
            (await api.call(.post, path + "/enable", [:]), .problem),
        ] {
            check(.object(try #require(page.json)), schema, schema.name, &seen)
        }
        let every = Set(APISchema.all.flatMap { schema in schema.members.map { "\(schema.name).\($0.name)" } })
        #expect(every.subtracting(seen).isEmpty)
    }

    @Test("Every field of a body is described as it is read", arguments: ["reason", "quiet", "roles", "applications"])
    func fields(name: String) async throws {
        let house = try await TestAPI.house()
        let paths = try #require(try await document(house)["paths"]?.objectValue)
        for operation in AdministrationAPI(rooms: house.reception.rooms).operations where operation.isWrite {
            let method = operation.method.rawValue.lowercased()
            let item = paths[operation.path]?.objectValue?[method]?.objectValue
            let schema = item?["requestBody"]?.objectValue?["content"]?.objectValue?["application/json"]?
                .objectValue?["schema"]?.objectValue
            let described = schema?["properties"]?.objectValue?.keys.contains(name) ?? false
            #expect(described == operation.fields.contains { $0.name == name }, "\(operation.id)")
            #expect(schema?["additionalProperties"]?.boolValue == false)
            #expect(item?["security"] == [["oauth": [.string(operation.scope.rawValue)]]])
        }
    }
}

import HTTPTypes
import Identity
import JSON
import OAuth
import Testing
import Web

@Suite("All roles of a person are replaced only by who has seen them (RFC 6585 §3, RFC 9110 §13.1.1)")
struct RolePreconditionTests {
    @Test("428 without If-Match, whoever calls; what cannot be read or is old changes nothing either")
    func api() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let ada = try await house.person(roles: [Role("editor")])
        let path = "/people/\(ada.id)/roles"
        let body: JSONValue = ["reason": "x", "roles": [["name": "staff"]]]
        for api in [try await TestAPI.own(house), try await TestAPI.person(house, "root@example.org")] {
            let blind = await api.call(.put, path, body)
            #expect(blind.status == 428 && blind.problem == "precondition_required", "\(blind.text)")
            for broken in ["", "*", "W/\"\(ada.version)\"", ada.version, "\"\(ada.version)\", \"x\""] {
                #expect(await api.call(.put, path, body, headers: ["If-Match": broken]).status == 400, "\(broken)")
            }
            for old in ["\"\"", "\"x\"", "\"\(ada.version)x\"", "\"\(ada.version.uppercased())_\""] {
                let page = await api.call(.put, path, body, headers: ["If-Match": old])
                #expect(page.status == 412 && page.problem == "changed_meanwhile", "\(old)")
            }
            // Nobody is told of a person by it who may not be told.
            #expect(await api.call(.put, "/people/nobody/roles", body).status == 428)
        }
        #expect(await TestAPI(house: house, token: nil).call(.put, path, body).status == 401)
        #expect(try await house.store.account(id: ada.id) == ada)
        #expect(house.audit.count(.rolesChanged) == 0)
        let api = try await TestAPI.own(house)
        let tag = try #require(await api.call(.get, "/people/\(ada.id)").header("ETag"))
        #expect(await api.call(.put, path, body, headers: ["If-Match": tag]).status == 200)
        #expect(await api.call(.put, path, body, headers: ["If-Match": tag]).status == 412)
    }

    @Test(
        "A form of the page without the version that was on it is refused, and comes back", arguments: [nil, "", "x"])
    func page(version: String?) async throws {
        let house = try await TestHouse()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let ada = try await house.person(roles: [Role("editor")])
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "root@example.org")
        let path = "/admin/people/\(ada.id)"
        let form = await browser.get(path)
        let values: [String: String?] = ["reason": "why it is", "keep0": nil, "add": "staff", "version": version]
        let refused = await browser.submit(form, values, action: path + "/roles")
        #expect(refused.status == 422 && refused.text.contains("Somebody else changed this account"))
        #expect(refused.text.contains("why it is"))
        #expect(try await house.store.account(id: ada.id) == ada)
    }

    @Test("The description says where the version is demanded, and nowhere else")
    func described() async throws {
        let house = try await TestAPI.house()
        let document = try #require(await house.browser().get("/api/admin/v1/openapi.json").json)
        let paths = try #require(document["paths"]?.objectValue)
        for (path, item) in paths.members {
            for (method, operation) in item.objectValue?.members ?? [] {
                let parameters = operation.objectValue?["parameters"]?.arrayValue ?? []
                let demanded = parameters.contains { parameter in
                    parameter.objectValue?["name"] == "If-Match" && parameter.objectValue?["required"] == true
                }
                let isRoles = path == "/people/{id}/roles" && method == "put"
                #expect(demanded == isRoles, "\(method) \(path)")
                let answers = operation.objectValue?["responses"]?.objectValue
                #expect((answers?["428"] != nil) == isRoles, "\(method) \(path)")
            }
        }
    }
}

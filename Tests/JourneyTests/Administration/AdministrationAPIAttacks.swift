import HTTPTypes
import Identity
import JSON
import OAuth
import Testing
import Web

@testable import Web

@Suite("Attacks on the administration API")
struct AdministrationAPIAttacks {
    private let why: JSONValue = ["reason": "why not"]

    private static func calls(_ id: String) -> [(HTTPRequest.Method, String, JSONValue?)] {
        let why: JSONValue = ["reason": "why not"]
        return [
            (.get, "/people", nil), (.get, "/people/\(id)", nil), (.get, "/people/\(id)/access", nil),
            (.get, "/people/\(id)/events", nil), (.post, "/people/\(id)/disable", why),
            (.post, "/people/\(id)/enable", why), (.post, "/people/\(id)/delete", why),
            (.put, "/people/\(id)/roles", ["reason": "x", "roles": [["name": "administrator"]]]),
            (.post, "/people/\(id)/end-sessions", why), (.post, "/people/\(id)/recovery", why),
            (.post, "/people/\(id)/purge", why), (.post, "/people/\(id)/sign-in-link", why),
            (.post, "/people/\(id)/reset-factors", why),
            (.get, "/invitations", nil), (.post, "/invitations/withdraw", ["email": "new@example.org", "reason": "x"]),
            (.post, "/invitations", ["email": "new@example.org", "reason": "x"]),
        ]
    }

    private func expectNothingChanged(_ house: TestHouse, _ ada: Account) async throws {
        #expect(try await house.store.account(id: ada.id) == ada)
        for kind in [
            AuditEvent.Kind.accountDisabled, .accountEnabled, .accountDeleted, .rolesChanged, .recoveryStarted,
            .accountPurged, .staffLinkMade, .factorsReset,
        ] {
            #expect(house.audit.count(kind) == 0)
        }
    }

    @Test("The list of calls above is complete")
    func complete() async throws {
        let house = try await TestAPI.house()
        let operations = AdministrationAPI(rooms: house.reception.rooms).operations
        let known = Set(Self.calls("{id}").map { "\($0.0) \($0.1)" })
        let listed = Set(operations.map { "\($0.method) \($0.path)" })
        #expect(listed.isSubset(of: known), "\(listed)")
        #expect(known.isSubset(of: listed))
    }

    @Test("TK24: without a token, or with one that is none, nothing is told and nothing done (RFC 6750)")
    func noToken() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let live = try await TestAPI.own(house)
        let good = try #require(live.token)
        for (method, path, body) in Self.calls(ada.id) {
            let none = await TestAPI(house: house, token: nil).call(method, path, body)
            #expect(none.status == 401 && none.header("WWW-Authenticate") == #"Bearer realm="martlet""#)
            for wrong in ["x", "", good + "x", String(good.dropLast(3)), "mat_" + String(repeating: "A", count: 43)] {
                let page = await TestAPI(house: house, token: wrong).call(method, path, body)
                #expect(page.status == 401 && page.problem == "invalid_token", "\(path) \(wrong.prefix(8))")
                #expect(page.header("WWW-Authenticate")?.contains(#"error="invalid_token""#) == true)
                #expect(page.header("Content-Type") == "application/problem+json")
            }
            let basic = await TestAPI(house: house, token: nil).call(
                method, path, body, headers: ["Authorization": TestApp.basic("robot", TestClients.secret)])
            #expect(basic.status == 401)
        }
        try await expectNothingChanged(house, ada)
    }

    @Test("TK24: the cookie of an administrator opens nothing here")
    func cookie() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person(roles: [.administrator])
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let cookies = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        for (method, path, body) in Self.calls(ada.id) {
            let page = await TestAPI(house: house, token: nil).call(method, path, body, headers: ["Cookie": cookies])
            #expect(page.status == 401, "\(path)")
        }
        try await expectNothingChanged(house, ada)
    }

    @Test("TK24: a scope that was not given is missing on every route, whoever the token is about")
    func scopes() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let scopes = AdministrationScope.allCases
        for given in scopes {
            let api = try await TestAPI.own(house, scope: given.rawValue)
            for operation in AdministrationAPI(rooms: house.reception.rooms).operations where operation.scope != given {
                let path = operation.path.replacing("{id}", with: ada.id)
                let body: JSONValue? = operation.isWrite ? why : .none
                let page = await api.call(operation.method, path, body)
                #expect(page.status == 403 && page.problem == "insufficient_scope", "\(path) with \(given)")
                #expect(page.header("WWW-Authenticate")?.contains("insufficient_scope") == true)
            }
        }
        try await expectNothingChanged(house, ada)
        #expect(house.audit.count(.administrationRefused) > 10)
    }

    @Test("TK24, TK15: a token for something else is not one for this API", arguments: [nil, "https://other.example/"])
    func audience(resource: String?) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house, resource: resource)
        for (method, path, body) in Self.calls(ada.id) {
            let page = await api.call(method, path, body)
            #expect(page.status == 401 && page.problem == "invalid_token", "\(path)")
        }
        try await expectNothingChanged(house, ada)
    }

    @Test("An ordinary person's token opens nothing, and a former administrator's nothing any more, at once")
    func formerAdministrator() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let (ordinary, owner) = (
            try await TestAPI.person(house, "ada@example.org"), try await TestAPI.person(house, "root@example.org")
        )
        for (method, path, body) in Self.calls(ada.id) {
            let page = await ordinary.call(method, path, body)
            #expect(page.status == 403 && page.problem == "insufficient_scope", "\(path)")
        }
        try await expectNothingChanged(house, ada)
        let bob = try await house.person("bob@example.org", roles: [.administrator])
        let former = try await TestAPI.person(house, "bob@example.org")
        #expect(await former.call(.get, "/people").status == 200)
        let taken = try await owner.setRoles(of: bob.id, [["name": "administrator", "context": "p"]])
        #expect(taken.status == 200)
        for (method, path, body) in Self.calls(ada.id) { #expect(await former.call(method, path, body).status == 403) }
        #expect(await owner.call(.post, "/people/\(bob.id)/disable", why).status == 200)
        #expect(await former.call(.get, "/people").status == 401)
    }

    @Test("TK14: a token that has expired, was revoked, or whose app lost the scope or is gone, opens nothing")
    func ended() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person()
        let (old, revoked) = (try await TestAPI.own(house), try await TestAPI.own(house))
        #expect(await old.call(.get, "/people").status == 200)
        _ = await TestAPI.robotApp.revoke(revoked.token ?? "", at: house.reception)
        #expect(await revoked.call(.get, "/people").status == 401)
        let narrowed = TestAPI.robot.replacing("martlet.people.read ", with: "")
        try house.register("robot", narrowed)
        #expect(await old.call(.get, "/people").status == 403)
        try house.register("robot", TestAPI.robot)
        #expect(await old.call(.get, "/people").status == 200)
        try house.register("robot", TestAPI.robot.replacing("\"client_credentials\", ", with: ""))
        #expect(await old.call(.get, "/people").status == 403)
        try house.register("robot", TestAPI.robot)
        house.clock.advance(901)
        #expect(await old.call(.get, "/people").status == 401)
    }

    @Test(
        "IN4: a body holds what is read and nothing else; what is read-only is named",
        arguments: [
            (#"{"reason": "x", "email_verified": true}"#, "/email_verified", "read-only"),
            (#"{"reason": "x", "id": "other"}"#, "/id", "read-only"),
            (#"{"reason": "x", "state": "active"}"#, "/state", "read-only"),
            (#"{"reason": "x", "roles": []}"#, "/roles", "read-only"),
            (#"{"reason": "x", "has_password": true}"#, "/has_password", "read-only"),
            (#"{"reason": "x", "password": "y"}"#, "/password", "no such member"),
            (#"{"reason": "x", "Reason": "y"}"#, "/Reason", "no such member"),
            (#"{"reason": "x", "actor": "person:root"}"#, "/actor", "read-only"),
            (#"{"reason": "x", "quiet": "yes"}"#, "/quiet", "true or false"),
            (#"{"reason": "x", "quiet": 1}"#, "/quiet", "true or false"),
            (#"{"reason": 5}"#, "/reason", "string"), (#"{"reason": null}"#, "/reason", "string"),
            (#"{"reason": ""}"#, "/reason", "line"), (#"{"reason": "a\nb"}"#, "/reason", "line"),
            (#"{}"#, "/reason", "missing"),
            (#"{"reason": "x", "a/b~c": 1}"#, "/a~1b~0c", "no such member"),
            (
                "{\"reason\": \"x\", \"a\(String(repeating: "\u{301}", count: 999))\": 1}",
                "/a" + String(repeating: "\u{301}", count: 59), "no such member"
            ),
        ] as [(String, String, String)])
    func massAssignment(body: String, pointer: String, word: String) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let page = await api.send(.post, "/people/\(ada.id)/disable", Array(body.utf8))
        #expect(page.status == 422 && page.problem == "invalid_member", "\(page.text)")
        let fault = page["errors"]?.arrayValue?.first?.objectValue
        #expect(fault?["pointer"]?.stringValue == pointer)
        #expect(fault?["detail"]?.stringValue?.contains(word) == true, "\(page.text)")
        #expect(page["reference"]?.stringValue?.count == 10)
        try await expectNothingChanged(house, ada)
    }

    @Test(
        "IN1: what is no JSON object is refused before anything is looked up",
        arguments: [
            "", "{", "[]", "null", "\"reason\"", "{\"reason\": \"x\", \"reason\": \"y\"}", "{\"reason\": \"x\"} {}",
            "reason=x", "{\"reason\": \"x\\u0000\"}", String(repeating: "[", count: 50), "{'reason': 'x'}",
            "\u{FEFF}{}",
        ])
    func malformed(body: String) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let type = ["Content-Type": "application/json"]
        let page = await api.send(.post, "/people/\(ada.id)/disable", Array(body.utf8), headers: type)
        #expect(page.status == 400 && page.problem == "malformed_request", "\(page.text)")
        #expect(!page.text.contains("reason=x"))
        try await expectNothingChanged(house, ada)
    }

    @Test(
        "Roles that are none are refused as a whole",
        arguments: [
            "\"administrator\"", "[\"administrator\"]", "[{}]", "[{\"name\": \"\"}]", "[{\"name\": \"a b\"}]",
            "[{\"name\": \"a\", \"context\": \"\"}]", "[{\"name\": \"a\", \"more\": 1}]", "[{\"name\": 5}]", "[null]",
            "{\"name\": \"a\"}", "[{\"name\": \"a\", \"context\": \"x/y\"}]",
            "[" + Array(repeating: "{\"name\": \"a\"}", count: 101).joined(separator: ",") + "]",
        ])
    func roles(text: String) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let body = Array(#"{"reason": "x", "roles": \#(text)}"#.utf8)
        #expect(await api.send(.put, "/people/\(ada.id)/roles", body).status == 422)
        try await expectNothingChanged(house, ada)
    }

    @Test("IN8, WB6: other methods, other types of body, a GET with a body, a write with a query, all change nothing")
    func shapes() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let path = "/people/\(ada.id)/disable"
        for method in [HTTPRequest.Method.get, .head, .put, .patch, .delete, .options] {
            let page = await api.call(method, path, method == .get || method == .head ? nil : why)
            #expect(page.status == 405 && page.header("Allow") == "POST", "\(method)")
        }
        for type in ["application/x-www-form-urlencoded", "text/plain", "text/json", "application/jsonx", ""] {
            let page = await api.call(.post, path, why, headers: ["Content-Type": type])
            #expect(page.status == 415, "\(type)")
        }
        #expect(await api.call(.get, "/people", why).status == 400)
        #expect(await api.call(.post, path + "?reason=x", why).status == 400)
        #expect(await api.call(.get, "/people?limit=0").status == 422)
        #expect(await api.call(.get, "/people?limit=201").status == 422)
        #expect(await api.call(.get, "/people?limit=ten").status == 422)
        #expect(await api.call(.get, "/people?state=asleep").status == 422)
        #expect(await api.call(.get, "/people?unknown=1").status == 422)
        #expect(await api.call(.get, "/people?limit=1&limit=2").status == 400)
        #expect(await api.call(.get, "/people", headers: ["If-Match": "\"x\""]).status == 200)
        try await expectNothingChanged(house, ada)
        #expect(
            await api.call(.post, path, why, headers: ["Content-Type": "application/json; charset=utf-8"]).status == 200
        )
    }

    @Test(
        "B017: ids of nobody are nobody's, and addresses that are near are none",
        arguments: ["nobody", "a.b", "..", "%00", "x'%20OR%20'1'='1", String(repeating: "a", count: 200), "Ä"])
    func ids(id: String) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        for (method, path, body) in Self.calls(id) where path.contains("{") || path.contains(id) {
            let page = await api.call(method, path, body, headers: method == .put ? ["If-Match": "\"x\""] : [:])
            #expect(page.status == 404 && page.problem == "not_found", "\(path)")
        }
        for path in ["", "/", "/people/", "/people/\(ada.id)/", "/people/\(ada.id)/password", "/People", "//people"] {
            #expect(await api.call(.get, path).status == 404, "\(path)")
        }
        try await expectNothingChanged(house, ada)
    }

    @Test("IN9: one caller's calls are bounded, and do not fill another's lane")
    func throttled() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let (busy, other) = (try await TestAPI.own(house), try await TestAPI.own(house, TestAPI.readerApp))
        for _ in 1...600 { _ = await busy.call(.get, "/people/\(ada.id)") }
        let page = await busy.call(.get, "/people/\(ada.id)")
        #expect(page.status == 429 && page.problem == "throttled" && page.header("Retry-After") != nil)
        #expect(await other.call(.get, "/people/\(ada.id)").status == 200)
        house.clock.advance(61)
        #expect(await busy.call(.get, "/people/\(ada.id)").status == 200)
    }

    @Test("WB5: no page of another origin reads an answer, and none is cached")
    func origins() async throws {
        let house = try await TestAPI.house()
        let api = try await TestAPI.own(house)
        for origin in ["https://app.example", "https://evil.example", TestHouse.origin] {
            for method in [HTTPRequest.Method.get, .options] {
                let page = await api.call(method, "/people", headers: ["Origin": origin])
                #expect(page.header("Access-Control-Allow-Origin") == nil)
                #expect(page.header("Cache-Control") == "no-store")
                #expect(page.header("Cross-Origin-Resource-Policy") == "same-origin")
            }
        }
    }
}

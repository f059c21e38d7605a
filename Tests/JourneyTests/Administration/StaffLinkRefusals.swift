import Identity
import JSON
import OAuth
import Storage
import Testing
import Web

@testable import martlet

@Suite("Links of staff that are refused")
struct StaffLinkRefusals {
    private let why = StaffLinkJourney.why

    private func path(_ id: String) -> String { "/people/\(id)/sign-in-link" }

    private func expectNothingMade(_ house: TestHouse) async throws {
        #expect(house.audit.count(.staffLinkMade) == 0)
        #expect(try await house.letters(.staffLinkMade).isEmpty)
    }

    @Test("B015: never for an administrator, by whichever token; a role of that name in one context is none")
    func administrators() async throws {
        let house = try await TestAPI.house()
        let root = try await house.person("root@example.org", roles: [.administrator])
        let own = try await TestAPI.own(house)
        for api in [own, try await TestAPI.person(house, "root@example.org")] {
            let page = await api.call(.post, path(root.id), why)
            #expect(page.status == 403 && page.problem == "not_for_administrators" && !page.text.contains("mml_"))
        }
        try await expectNothingMade(house)
        let bob = try await house.person("bob@example.org", roles: [Role("administrator", context: "p1")])
        #expect(await own.call(.post, path(bob.id), why).status == 201)
    }

    @Test("B015: where no mail is sent nobody would hear of it, and there is none")
    func untold() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let base = house.house.groundwork
        let links = House.staffLinks(
            house.store, sessions: Sessions(store: house.store, random: base.random, audit: house.audit),
            postbox: nil, random: base.random, audit: house.audit)
        let reason = try #require(Reason("lost the telephone"))
        let instruction = Instruction(.api, because: reason, mayAppoint: true)
        let answer = try await links.make(for: ada.id, instruction, from: nil, at: house.clock.now)
        guard case .untold = answer else {
            Issue.record("a link was made: \(answer)")
            return
        }
        try await expectNothingMade(house)
    }

    @Test("B017: nobody's id, bodies that say too little or too much, and versions that cannot be read make nothing")
    func bodies() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        for id in ["nobody", "ada@example.org", "%00", ada.id + "x"] {
            let page = await api.call(.post, path(id), why)
            #expect(page.status == 404 && page.problem == "not_found", "\(id)")
        }
        for body in [
            [:], ["reason": ""], ["reason": "  "], ["reason": "two\nlines"], ["reason": 5],
            ["reason": "x", "quiet": true], ["reason": "x", "lifetime": 86_400], ["reason": "x", "email": "e@x.org"],
            ["reason": "x", "expires_at": "2099-01-01T00:00:00Z"],
        ] as [JSONValue] {
            #expect(await api.call(.post, path(ada.id), body).status == 422, "\(body)")
        }
        for (tag, status) in [("\"x\"", 412), ("*", 400), ("x", 400), ("W/\"x\"", 400)] {
            let page = await api.call(.post, path(ada.id), why, headers: ["If-Match": tag])
            #expect(page.status == status, "\(tag)")
        }
        #expect(await api.call(.get, path(ada.id)).status == 405)
        #expect(await api.call(.post, path(ada.id) + "?reason=x", why).status == 400)
        try await expectNothingMade(house)
    }

    @Test("B015: a token without the scope, of somebody who administers nothing, or none at all makes no link")
    func callers() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        var callers = [
            try await TestAPI.own(house, TestAPI.readerApp), try await TestAPI.person(house, "ada@example.org"),
        ]
        for scope in AdministrationScope.allCases where scope != .writePeople {
            callers.append(try await TestAPI.own(house, scope: scope.rawValue))
        }
        for api in callers {
            let page = await api.call(.post, path(ada.id), why)
            #expect(page.status == 403 && page.problem == "insufficient_scope", "\(page.text)")
        }
        for token in [nil, "x", "mat_" + String(repeating: "A", count: 43)] {
            #expect(await TestAPI(house: house, token: token).call(.post, path(ada.id), why).status == 401)
        }
        try await expectNothingMade(house)
    }

    @Test("Who is disabled, deleted, or has an address that was never proven gets none, and is told of none")
    func notPossible() async throws {
        let house = try await TestAPI.house()
        let (ada, bob) = (try await house.person(), try await house.person("bob@example.org"))
        let grace = try await house.unprovenPerson()
        let api = try await TestAPI.own(house)
        _ = await api.call(.post, "/people/\(ada.id)/disable", why)
        _ = try await house.store.delete(bob.id, by: .person, mailing: [], at: house.clock.now)
        for person in [ada, bob, grace] {
            let page = await api.call(.post, path(person.id), why)
            #expect(page.status == 409 && page.problem == "not_possible" && !page.text.contains("mml_"))
        }
        let words = await api.call(.post, path(grace.id), why)["detail"]?.stringValue
        #expect(words?.contains("a mail proves it") == true)
        try await expectNothingMade(house)
    }
}

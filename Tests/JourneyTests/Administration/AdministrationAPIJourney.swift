import HTTPTypes
import Identity
import JSON
import OAuth
import Testing
import Web

@testable import martlet

@Suite("The administration API")
struct AdministrationAPIJourney {
    private let why: JSONValue = ["reason": "left the company"]

    @Test("CF2, SE6: an app disables a person at once, and the record says who, whom and why")
    func disable() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        #expect(await browser.get("/account").status == 200)
        let api = try await TestAPI.own(house)
        let page = await api.call(.post, "/people/\(ada.id)/disable", why)
        #expect(page.status == 200 && page["state"]?.stringValue == "disabled")
        #expect(await browser.get("/account").status == 303)
        let event = try #require(try await house.storedEvents(.accountDisabled).first)
        #expect(event.actor == "client:robot" && event.subject == ada.id && event.details["why"] == "left the company")
        #expect(await api.call(.post, "/people/\(ada.id)/enable", ["reason": "back"])["state"]?.stringValue == "active")
        #expect(await browser.get("/account").status == 303)
    }

    @Test("An administrator acts under their own name; roles are given and taken as a whole")
    func roles() async throws {
        let house = try await TestAPI.house()
        let root = try await house.person("root@example.org", roles: [.administrator])
        let ada = try await house.person()
        let api = try await TestAPI.person(house, "root@example.org")
        let roles: JSONValue = [["name": "editor", "context": "p1"], ["name": "staff"]]
        let page = try await api.setRoles(of: ada.id, roles)
        #expect(page.status == 200 && page["roles"] == roles)
        #expect(try await house.storedEvents(.rolesChanged).first?.actor == "person:\(root.id)")
        #expect(await api.call(.get, "/people/\(ada.id)")["roles"] == roles)
        let none = try await api.setRoles(of: ada.id, [])
        #expect(none["roles"] == [])
    }

    @Test("People are listed page by page; a cursor is of one list and cannot be made up (IN2)")
    func list() async throws {
        let house = try await TestAPI.house()
        for name in ["ann", "bob", "cem", "dan", "eve"] { _ = try await house.person("\(name)@example.org") }
        let api = try await TestAPI.own(house, TestAPI.readerApp)
        var (names, after, pages) = ([String](), "", 0)
        repeat {
            let page = await api.call(.get, "/people?limit=2" + after)
            let people = try #require(page["people"]?.arrayValue)
            names += people.compactMap { $0.objectValue?["email"]?.stringValue }
            after = page["next"]?.stringValue.map { "&after=\($0)" } ?? ""
            pages += 1
        } while !after.isEmpty && pages < 9
        #expect(names == ["ann", "bob", "cem", "dan", "eve"].map { "\($0)@example.org" } && pages == 3)
        let next = try #require(await api.call(.get, "/people?limit=2")["next"]?.stringValue)
        let all = try await TestAPI.own(house)
        let person = try #require(await api.call(.get, "/people")["people"]?.arrayValue?.first?.objectValue?["id"])
        for cursor in [next + "A", String(next.dropLast(2)), "x", "YW5u", "bob@example.org"] {
            #expect(await api.call(.get, "/people?after=\(cursor)").problem == "invalid_member", "\(cursor)")
        }
        #expect(await all.call(.get, "/people/\(person.stringValue ?? "")/events?after=\(next)").status == 422)
        #expect(!next.contains("bob"))
        #expect(await api.call(.get, "/people?query=BO&state=active").text.contains("bob@"))
    }

    @Test("A change is made only of what was seen, where the app says what it saw (If-Match)")
    func preconditions() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house)
        let path = "/people/\(ada.id)"
        let tag = try #require(await api.call(.get, path).header("ETag"))
        let first = await api.call(.post, path + "/disable", why, headers: ["If-Match": tag])
        #expect(first.status == 200 && first.header("ETag") != tag)
        let late = await api.call(.post, path + "/enable", why, headers: ["If-Match": tag])
        #expect(late.status == 412 && late.problem == "changed_meanwhile")
        for broken in ["*", "W/\(tag)", "\(tag), \(tag)", String(tag.dropLast()), "\"", "x", "\"a\"b\""] {
            let page = await api.call(.post, path + "/enable", why, headers: ["If-Match": broken])
            #expect(page.status == 400, "\(broken)")
        }
        #expect(await api.call(.get, path)["state"]?.stringValue == "disabled")
        let now = try #require(await api.call(.get, path).header("ETag"))
        #expect(await api.call(.post, path + "/enable", why, headers: ["If-Match": now]).status == 200)
    }

    @Test("SE7: sessions end, and what happened is told; a deleted person can be brought back")
    func sessions() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        _ = try await house.tokens(for: .shop, in: house.browser(), ["scope": "openid offline_access"])
        let api = try await TestAPI.own(house)
        let path = "/people/\(ada.id)"
        let access = await api.call(.get, path + "/access")
        #expect(access["sessions"]?.arrayValue?.count == 1 && access["applications"]?.arrayValue?.count == 1)
        let ended = await api.call(.post, path + "/end-sessions", ["reason": "lost laptop", "applications": true])
        #expect(ended["sessions"]?.integerValue == 1 && ended["applications"]?.integerValue == 1)
        _ = try await house.storedEvents()
        let kinds = await api.call(.get, path + "/events")["events"]?.arrayValue?.compactMap {
            $0.objectValue?["kind"]?.stringValue
        }
        #expect(kinds?.first == "session_ended" && kinds?.contains("sign_in") == true)
        #expect(await api.call(.post, path + "/delete", ["reason": "asked"])["deleted_by"]?.stringValue == "operator")
        #expect(await api.call(.post, path + "/enable", ["reason": "mistake"])["deleted_at"] == nil)
    }

    @Test("B124, CF2: an account is removed at once; what it opened is shut, and the record alone remains, by its id")
    func purge() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let tokens = try await house.tokens(for: .shop, in: browser, ["scope": "openid offline_access"])
        let api = try await TestAPI.own(house)
        let path = "/people/\(ada.id)"
        for (body, headers, status) in [
            ([:], [:], 422), (["reason": "x", "sure": true], [:], 422), (why, ["If-Match": "\"old\""], 412),
        ] as [(JSONValue, [String: String], Int)] {
            #expect(await api.call(.post, path + "/purge", body, headers: headers).status == status)
        }
        #expect(await api.call(.get, path).status == 200)
        let done = await api.call(.post, path + "/purge", ["reason": "asked to be forgotten"])
        #expect(done.status == 204 && done.text.isEmpty && done.header("Content-Type") == nil)
        #expect(await api.call(.get, path).status == 404)
        #expect(await api.call(.post, path + "/purge", why).problem == "not_found")
        #expect(await api.call(.post, path + "/enable", why).problem == "not_found")
        #expect(await browser.get("/account").status == 303)
        #expect(await TestApp.shop.refresh(tokens.refresh ?? "", at: house.reception).error == "invalid_grant")
        #expect(await TestApp.userInfo(tokens.access, at: house.reception).status == 401)
        let event = try #require(try await house.storedEvents(.accountPurged).first)
        #expect(event.subject == ada.id && event.actor == "client:robot")
        #expect(event.details == ["method": "api", "why": "asked to be forgotten"])
        // It is of no account any more, and arrives nevertheless.
        #expect(try await house.mail(to: "ada@example.org").last?.subject.contains("was switched off") == true)
        #expect(try await house.letters().isEmpty)
    }

    @Test("The last administrator stays, whoever asks")
    func lastAdministrator() async throws {
        let house = try await TestAPI.house()
        let root = try await house.person("root@example.org", roles: [.administrator])
        let apis = [try await TestAPI.own(house), try await TestAPI.person(house, "root@example.org")]
        for api in apis {
            for (method, deed, more) in [
                (HTTPRequest.Method.post, "disable", why), (.post, "delete", why), (.post, "purge", why),
            ] {
                let page = await api.call(method, "/people/\(root.id)/\(deed)", more)
                #expect(page.status == 409 && page.problem == "last_administrator", "\(deed)")
            }
            let page = try await api.setRoles(of: root.id, [["name": "administrator", "context": "p1"]])
            #expect(page.status == 409 && page.problem == "last_administrator")
        }
        #expect(house.audit.count(.accountDisabled) == 0 && house.audit.count(.rolesChanged) == 0)
        #expect(try await house.store.account(id: root.id)?.isAdministrator == true)
    }

    @Test("IN3: two administrators who demote each other at once, each at a process of their own: one stays")
    func race() async throws {
        let house = try await TestAPI.house()
        let sibling = try await house.sibling()
        for round in 1...5 {
            let emails = ["a\(round)@example.org", "b\(round)@example.org"]
            var people: [Account] = []
            for email in emails { people.append(try await house.person(email, roles: [.administrator])) }
            let apis = [try await TestAPI.person(house, emails[0]), try await TestAPI.person(house, emails[1])]
            let (first, second) = (people[0].id, people[1].id)
            async let one = apis[0].setRoles(of: second, [])
            async let two = apis[1].setRoles(of: first, [], through: sibling)
            let statuses = [try await one.status, try await two.status].sorted()
            // Whoever comes second is no administrator any more, or would take away the last.
            #expect(statuses == [200, 403] || statuses == [200, 409], "\(statuses)")
            var left: [String] = []
            for id in [first, second] where try await house.store.account(id: id)?.isAdministrator == true {
                left.append(id)
            }
            #expect(left.count == 1)
            _ = try await house.store.database.write { connection in
                try connection.execute("DELETE FROM account_roles", [])
            }
        }
    }

    @Test("A disabled person hears of it by mail; with quiet nobody does")
    func quiet() async throws {
        let house = try await TestAPI.house()
        let (ada, bob) = (try await house.person(), try await house.person("bob@example.org"))
        let api = try await TestAPI.own(house)
        _ = await api.call(.post, "/people/\(ada.id)/disable", ["reason": "x", "quiet": true])
        #expect(try await letters(house) == 0)
        _ = await api.call(.post, "/people/\(bob.id)/disable", ["reason": "x", "quiet": false])
        #expect(try await letters(house) == 1)
    }

    private func letters(_ house: TestHouse) async throws -> Int {
        try await house.store.database.read { connection in
            try connection.rows("SELECT id FROM outbox WHERE kind = 'account_disabled'", []).count
        }
    }
}

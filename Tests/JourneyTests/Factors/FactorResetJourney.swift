import Identity
import JSON
import OAuth
import Testing
import Web

@testable import martlet

@Suite("An administrator removes the second factors of somebody who lost them")
struct FactorResetJourney {
    private static let why: JSONValue = ["reason": "lost the telephone"]

    @Test("MF9: by the API, with a reason, on record, and the person hears of it")
    func byAPI() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let open = await house.browser().signedIn()
        try await house.lose(ada)
        let api = try await TestAPI.own(house)
        let page = await api.call(.post, "/people/\(ada.id)/reset-factors", Self.why)
        #expect(page.status == 200 && page["id"]?.stringValue == ada.id, "\(page.text)")
        #expect(try await house.factorCount(of: ada) == 0)
        #expect(await open.get("/account").status == 303, "signed out everywhere")
        let letter = try #require(try await house.letters(.factorsReset, to: "ada@example.org").first)
        #expect(!letter.facts.contains { $0.value.contains("telephone") }, "the reason is the operator's own")
        let event = try #require(try await house.storedEvents(.factorsReset).first)
        #expect(event.actor == "client:robot" && event.subject == ada.id)
        #expect(event.details == ["method": "api", "why": "lost the telephone", "count": "1"])
        // The password is enough again, and the level stays at the lowest.
        let back = await house.browser().signedIn()
        #expect(await back.get("/account").status == 200)
        let session = try #require(try await house.store.sessions(of: ada.id, at: house.clock.now).first)
        #expect(session.isCapped && !session.hasFactors)
    }

    @Test("Somebody without any is left alone: nothing ends, and nothing is mailed or recorded")
    func none() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let browser = await house.browser().signedIn()
        let api = try await TestAPI.own(house)
        #expect(await api.call(.post, "/people/\(ada.id)/reset-factors", Self.why).status == 200)
        #expect(await browser.get("/account").status == 200)
        #expect(try await house.letters(.factorsReset).isEmpty && house.audit.count(.factorsReset) == 0)
    }

    @Test(
        "A reason is asked for, and nobody is reset quietly",
        arguments: [[:], ["reason": ""], ["reason": "a\nb"], ["reason": "x", "quiet": true]] as [JSONValue])
    func reason(body: JSONValue) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        try await house.lose(ada)
        let api = try await TestAPI.own(house)
        let page = await api.call(.post, "/people/\(ada.id)/reset-factors", body)
        #expect([400, 422].contains(page.status), "\(page.status) \(page.text)")
        #expect(try await house.factorCount(of: ada) == 1 && house.audit.count(.factorsReset) == 0)
    }

    @Test("Nobody's id is nobody's, and what was changed meanwhile is left as it is")
    func refused() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        try await house.lose(ada)
        let api = try await TestAPI.own(house)
        #expect(await api.call(.post, "/people/nobody/reset-factors", Self.why).status == 404)
        let stale = await api.call(
            .post, "/people/\(ada.id)/reset-factors", Self.why, headers: ["If-Match": "\"stale\""])
        #expect(stale.status == 412, "\(stale.status)")
        #expect(try await house.factorCount(of: ada) == 1)
    }

    @Test("TK24: an app without the scope for it resets no administrator; with it, it does", arguments: [true, false])
    func administrators(mayAppoint: Bool) async throws {
        let house = try await TestAPI.house()
        let root = try await house.person("root@example.org", roles: [.administrator])
        try await house.lose(root)
        let api = try await TestAPI.own(house, scope: mayAppoint ? TestAPI.everything : TestAPI.people)
        let page = await api.call(.post, "/people/\(root.id)/reset-factors", Self.why)
        #expect(page.status == (mayAppoint ? 200 : 403), "\(page.text)")
        #expect(try await house.factorCount(of: root) == (mayAppoint ? 0 : 1))
        #expect(house.audit.count(.factorsReset) == (mayAppoint ? 1 : 0))
    }

    @Test("RFC 9470, MF7: an administrator with a factor reads and changes nothing by a token of the password alone")
    func stepUp() async throws {
        let house = try await TestAPI.house()
        let root = try await house.person("root@example.org", roles: [.administrator])
        let ada = try await house.person()
        try await house.lose(ada)
        let api = try await TestAPI.person(house, "root@example.org")
        try await house.lose(root)
        let page = await api.call(.post, "/people/\(ada.id)/reset-factors", Self.why)
        #expect(page.status == 401 && page.problem == "insufficient_user_authentication", "\(page.text)")
        let challenge = try #require(page.header("WWW-Authenticate"))
        #expect(challenge.contains("acr_values=\"\(AuthenticationLevel.double)\""), "\(challenge)")
        #expect(challenge.contains("max_age=\"300\""), "\(challenge)")
        #expect(await api.call(.get, "/people/\(ada.id)").status == 401, "nor does it read")
        #expect(try await house.factorCount(of: ada) == 1)
        #expect(house.audit.count(.administrationRefused) == 2)
    }

    @Test("MF9: by a form of the person's page")
    func byPage() async throws {
        let house = try await TestHouse()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let ada = try await house.person()
        try await house.lose(ada)
        let browser = await house.browser().signedIn("root@example.org")
        let path = "/admin/people/\(ada.id)"
        let missing = await browser.post(
            await browser.get(path), ["reason": ""], action: "\(path)/reset-factors")
        #expect(missing.status == 422)
        #expect(try await house.factorCount(of: ada) == 1)
        let done = await browser.submit(
            await browser.get(path), ["reason": "lost the telephone"], action: "\(path)/reset-factors")
        #expect(done.status == 200 && done.text.contains("The second factors are removed"), "\(done.text)")
        #expect(try await house.factorCount(of: ada) == 0)
        #expect(try await house.storedEvents(.factorsReset).first?.details["method"] == "page")
    }
}

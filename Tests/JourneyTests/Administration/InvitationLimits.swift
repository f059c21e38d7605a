import Identity
import JSON
import OAuth
import Testing
import Web

@Suite("How many invitations go out (ML7)")
struct InvitationLimits {
    private func order(_ email: String) -> JSONValue { ["email": .string(email), "reason": "joins"] }

    @Test("Five a day go to an address, however it is written and whoever invites; others are not held up")
    func address() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let (own, owner) = (try await TestAPI.own(house), try await TestAPI.person(house, "root@example.org"))
        for (number, api) in [own, owner, own, owner, own].enumerated() {
            let email = number.isMultiple(of: 2) ? "new@example.org" : "NEW@Example.org"
            #expect(await api.call(.post, "/invitations", order(email)).status == 201)
        }
        for api in [own, owner, own] {
            let page = await api.call(.post, "/invitations", order("New@example.org"))
            #expect(page.status == 429 && page.problem == "throttled")
            let seconds = try #require(page.header("Retry-After").flatMap(Int64.init))
            #expect((1...86_400).contains(seconds))
        }
        #expect(try await house.letters(.invitation, to: "new@example.org").count <= 5)
        #expect(house.audit.count(.invitationMade) == 5)
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "root@example.org")
        let form = await browser.get("/admin/invite")
        let values = ["email": "new@example.org", "roles": "staff", "reason": "why it is", "name": ""]
        let page = await browser.post(form, values, action: "/admin/invite")
        #expect(page.status == 429 && page.text.contains("Too many invitations") && page.header("Retry-After") != nil)
        #expect(page.text.contains("id=\"email-error\"") && page.text.contains("why it is"))
        #expect(house.audit.count(.invitationMade) == 5)
        #expect(await own.call(.post, "/invitations", order("two@example.org")).status == 201)
        house.clock.advance(86_400)
        #expect(try await TestAPI.own(house).call(.post, "/invitations", order("new@example.org")).status == 201)
    }

    @Test("A hundred an hour come of one caller, who then fills nobody else's lane, and no address's")
    func inviter() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let (own, owner) = (try await TestAPI.own(house), try await TestAPI.person(house, "root@example.org"))
        for number in 1...100 {
            #expect(await own.call(.post, "/invitations", order("p\(number)@example.org")).status == 201)
        }
        for _ in 1...6 { #expect(await own.call(.post, "/invitations", order("late@example.org")).status == 429) }
        let other = try await TestAPI.own(house)
        #expect(await other.call(.post, "/invitations", order("late@example.org")).status == 429, "the same app")
        #expect(try await house.letters(.invitation, to: "late@example.org").isEmpty)
        #expect(await owner.call(.post, "/invitations", order("late@example.org")).status == 201)
        house.clock.advance(3600)
        #expect(try await TestAPI.own(house).call(.post, "/invitations", order("late@example.org")).status == 201)
    }

    @Test("Who has an account costs a try too: nobody finds out by the hundred who is known")
    func probing() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person()
        let api = try await TestAPI.own(house, scope: "martlet.people.write")
        for _ in 1...5 { #expect(await api.call(.post, "/invitations", order("ada@example.org")).status == 409) }
        #expect(await api.call(.post, "/invitations", order("ada@example.org")).status == 429)
        #expect(await api.call(.post, "/invitations", order("a@b@c")).status == 422, "what is none costs nothing")
    }
}

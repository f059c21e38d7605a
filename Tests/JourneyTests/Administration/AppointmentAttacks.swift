import HTTPTypes
import Identity
import JSON
import OAuth
import Testing
import Web

@Suite("Making administrators by the API, and undoing them (TK24)")
struct AppointmentAttacks {
    private static let administrator: JSONValue = ["name": "administrator"]
    private static let partial: JSONValue = ["name": "administrator", "context": "p1"]
    private static let staff: JSONValue = ["name": "staff"]

    /// In an order in which each can be done to whom the one before was done.
    private static let deeds = ["recovery", "end-sessions", "disable", "enable", "delete", "purge"]
    private static let kinds: [AuditEvent.Kind] = [
        .recoveryStarted, .sessionEnded, .accountDisabled, .accountEnabled, .accountDeleted, .accountPurged,
    ]

    private func expectRefused(_ page: TestPage, _ comment: String) {
        #expect(page.status == 403 && page.problem == "insufficient_scope", "\(comment) \(page.text)")
        #expect(page.header("WWW-Authenticate")?.contains("martlet.administrators.write") == true, "\(comment)")
    }

    private func invitation(_ email: String, _ roles: JSONValue) -> JSONValue {
        ["email": .string(email), "roles": roles, "reason": "joins"]
    }

    @Test(
        "An app that may change people makes nobody an administrator: not by roles, not by an invitation",
        arguments: [
            [administrator], [staff, administrator], [partial, administrator], [administrator, administrator],
        ])
    func giving(roles: [JSONValue]) async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let api = try await TestAPI.own(house, scope: TestAPI.people)
        expectRefused(try await api.setRoles(of: ada.id, .array(roles)), "roles")
        expectRefused(await api.call(.post, "/invitations", invitation("new@example.org", .array(roles))), "invite")
        // Neither does it learn whose address is known.
        expectRefused(await api.call(.post, "/invitations", invitation("ada@example.org", .array(roles))), "invite")
        #expect(try await house.store.account(id: ada.id) == ada)
        #expect(try await house.letters(.invitation, to: "new@example.org").isEmpty)
        #expect(house.audit.count(.rolesChanged) == 0 && house.audit.count(.invitationMade) == 0)
        let refusals = house.audit.events.filter { $0.kind == .administrationRefused }
        #expect(refusals.count == 3 && refusals.allSatisfy { $0.clientID == "robot" && $0.subject == nil })
        #expect(refusals.allSatisfy { $0.details["reason"] == "scope" })
    }

    @Test("Nor does it take the role from anybody, active or disabled", arguments: [[], [staff], [partial]])
    func taking(roles: [JSONValue]) async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let next = try await house.person("next@example.org", roles: [.administrator, Role("staff")])
        let api = try await TestAPI.own(house, scope: TestAPI.people)
        expectRefused(try await api.setRoles(of: next.id, .array(roles)), "active")
        #expect(try await house.store.account(id: next.id) == next)
        #expect(try await house.store.setStatus(.disabled, of: next.id, at: house.clock.now))
        expectRefused(try await api.setRoles(of: next.id, .array(roles)), "disabled")
        #expect(try await house.store.account(id: next.id)?.roles.contains(.administrator) == true)
    }

    @Test(
        "Nor does it do anything else to one, active, disabled or deleted: nothing changes, ends or is mailed",
        arguments: AccountState.allCases, deeds + ["reset-factors"])
    func undoing(state: AccountState, deed: String) async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let next = try await house.person("next@example.org", roles: [.administrator, Role("staff")])
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "next@example.org")
        let now = house.clock.now
        switch state {
        case .active: break
        case .disabled: #expect(try await house.store.setStatus(.disabled, of: next.id, at: now))
        case .deleted: #expect(try await house.store.delete(next.id, by: .person, mailing: [], at: now) == .deleted)
        }
        let before = try await house.store.account(id: next.id)
        let api = try await TestAPI.own(house, scope: TestAPI.people)
        let body: JSONValue = deed == "end-sessions" ? ["reason": "x", "applications": true] : ["reason": "x"]
        expectRefused(await api.call(.post, "/people/\(next.id)/\(deed)", body), deed)
        #expect(try await house.store.account(id: next.id) == before && before != nil)
        #expect(try await house.store.sessions(of: next.id, at: now).count == (state == .active ? 1 : 0))
        for kind in [Letter.Kind.accountDisabled, .recoveryStarted] {
            #expect(try await house.letters(kind, to: "next@example.org").isEmpty)
        }
        for kind in Self.kinds { #expect(house.audit.count(kind) == 0, "\(kind)") }
        #expect(house.audit.count(.administrationRefused) == 1)
    }

    @Test("With the scope it does, and so does an administrator by an app without it", arguments: [true, false])
    func allowed(isOwn: Bool) async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let next = try await house.person("next@example.org", roles: [.administrator])
        let api =
            isOwn
            ? try await TestAPI.own(house)
            : try await TestAPI.person(house, "root@example.org", scope: "openid " + TestAPI.people)
        for deed in Self.deeds {
            let page = await api.call(.post, "/people/\(next.id)/\(deed)", ["reason": "x"])
            #expect(page.status == (deed == "purge" ? 204 : 200), "\(deed) \(page.text)")
        }
        #expect(try await house.store.account(id: next.id) == nil)
        for kind in Self.kinds { #expect(house.audit.count(kind) == 1, "\(kind)") }
    }

    @Test("What makes no administrator, and is done to none, is done as before")
    func others() async throws {
        let house = try await TestAPI.house()
        let (ada, root) = (
            try await house.person(), try await house.person("root@example.org", roles: [.administrator])
        )
        let api = try await TestAPI.own(house, scope: TestAPI.people)
        #expect(try await api.setRoles(of: ada.id, [Self.staff, Self.partial]).status == 200)
        #expect(try await house.store.account(id: ada.id)?.isAdministrator == false)
        expectRefused(try await api.setRoles(of: root.id, [Self.administrator, Self.staff]), "an administrator's")
        for deed in Self.deeds.dropLast() {
            #expect(await api.call(.post, "/people/\(ada.id)/\(deed)", ["reason": "x"]).status == 200, "\(deed)")
        }
        let invited = await api.call(.post, "/invitations", invitation("new@example.org", [Self.staff, Self.partial]))
        #expect(invited.status == 201)
    }

    @Test("The scope alone changes nothing, and one that the registration has lost counts for nothing, at once")
    func alone() async throws {
        let house = try await TestAPI.house()
        let ada = try await house.person()
        let only = try await TestAPI.own(house, scope: "martlet.administrators.write")
        #expect(try await only.setRoles(of: ada.id, [Self.administrator]).status == 403)
        let order = invitation("new@example.org", [Self.administrator])
        #expect(await only.call(.post, "/invitations", order).status == 403)
        let whole = try await TestAPI.own(house)
        try house.register("robot", TestAPI.robot.replacing(" martlet.administrators.write", with: ""))
        expectRefused(try await whole.setRoles(of: ada.id, [Self.administrator]), "lost")
        expectRefused(await whole.call(.post, "/invitations", order), "lost")
        try house.register("robot", TestAPI.robot)
        #expect(try await house.store.account(id: ada.id) == ada)
        #expect(try await whole.setRoles(of: ada.id, [Self.administrator]).status == 200)
        #expect(await whole.call(.post, "/invitations", order).status == 201)
    }

    @Test("An administrator who calls by an app needs no more than in a browser; an ordinary person may nothing")
    func people() async throws {
        let house = try await TestAPI.house()
        let (ada, root) = (
            try await house.person(), try await house.person("root@example.org", roles: [.administrator])
        )
        let scope = "openid " + TestAPI.people
        let ordinary = try await TestAPI.person(house, "ada@example.org", scope: "openid " + TestAPI.everything)
        #expect(try await ordinary.setRoles(of: ada.id, [Self.administrator]).status == 403)
        let reading = try await TestAPI.person(house, "root@example.org", scope: "openid martlet.people.read")
        #expect(try await reading.setRoles(of: ada.id, [Self.administrator]).status == 403)
        let owner = try await TestAPI.person(house, "root@example.org", scope: scope)
        #expect(try await owner.setRoles(of: root.id, []).problem == "last_administrator")
        #expect(try await owner.setRoles(of: ada.id, [Self.administrator]).status == 200)
        #expect(try await owner.setRoles(of: ada.id, [Self.staff]).status == 200)
        let order = invitation("new@example.org", [Self.administrator])
        #expect(await owner.call(.post, "/invitations", order).status == 201)
        #expect(try await house.storedEvents(.rolesChanged).allSatisfy { $0.actor == "person:\(root.id)" })
    }
}

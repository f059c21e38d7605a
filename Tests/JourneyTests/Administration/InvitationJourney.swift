import HTTPTypes
import Identity
import JSON
import OAuth
import TestSupport
import Testing

@testable import Web

@Suite("Invitations")
struct InvitationJourney {
    private func link(
        _ house: TestHouse, _ email: String = "new@example.org", roles: [Role] = [Role("staff")],
        by inviter: String? = nil
    ) async throws -> String {
        let reason = try #require(Reason("joins on Monday"))
        let made = try await house.reception.rooms.administration.invitations.invite(
            try #require(EmailAddress(email)), name: PersonName("New Person"), roles: roles,
            Instruction(by: inviter.map { .person($0) }, .page, because: reason, mayAppoint: true),
            at: house.clock.now)
        guard case .made = made else { throw NotMade() }
        return try #require(try await house.letters(.invitation, to: email).last?.path)
    }

    private struct NotMade: Error {}
    private let password = "seventeen purple lanterns"

    @Test("PW13: who is invited gives a name, chooses a password, and is in, with the roles that were meant")
    func accept() async throws {
        let house = try await TestHouse()
        let path = try await link(house)
        let browser = house.browser()
        let page = await browser.get(path)
        #expect(page.status == 200 && page.heading.hasPrefix("Welcome to") && page.text.contains("new@example.org"))
        #expect(page.value(of: "name") == "New Person" && page.header("Referrer-Policy") == "no-referrer")
        for _ in 1...3 { #expect(await browser.get(path).status == 200) }
        let done = await browser.submit(page, ["name": "Newton", "password": password])
        #expect(done.target == "/account" && done.text.contains("Newton"))
        let account = try #require(try await house.store.account(canonicalEmail: "new@example.org"))
        #expect(account.isEmailVerified && account.roles == [Role("staff")])
        #expect(await browser.get(path).status == 404)
        let other = house.browser(from: "192.0.2.2")
        #expect(
            await other.signIn(await other.get("/sign-in"), "new@example.org", password: password).target == "/account")
        let made = house.audit.events.first { $0.kind == .invitationMade }?.details["invitation"]
        let accepted = house.audit.events.first { $0.kind == .invitationAccepted }
        #expect(made != nil && accepted?.details["invitation"] == made && accepted?.subject == account.id)
    }

    @Test("A form that cannot be used comes back with the name, never the password, and spends nothing")
    func refused() async throws {
        let house = try await TestHouse()
        let path = try await link(house)
        let browser = house.browser()
        for (name, word) in [("", password), ("Newton", "short"), ("a\u{0007}", password), ("N", "new@example.org1")] {
            let page = await browser.post(await browser.get(path), ["name": name, "password": word])
            #expect(page.status == 422 && page.value(of: "password") == nil && !page.text.contains("value=\"\(word)\""))
        }
        #expect(
            await browser.submit(await browser.get(path), ["name": "N.", "password": password]).target == "/account")
    }

    @Test("IN4: the address and the roles are those of the invitation, whatever the form says")
    func massAssignment() async throws {
        let house = try await TestHouse()
        let browser = house.browser()
        let form = [
            "name": "Eve", "password": password, "email": "eve@example.org", "username": "eve@example.org",
            "roles": "administrator", "role": "administrator", "email_verified": "true",
        ]
        _ = await browser.submit(await browser.get(try await link(house)), form)
        #expect(try await house.store.account(canonicalEmail: "eve@example.org") == nil)
        #expect(try await house.store.account(canonicalEmail: "new@example.org")?.roles == [Role("staff")])
    }

    @Test("A dead link says so, for looking and for sending alike: unknown, cut, old, superseded, of another kind")
    func dead() async throws {
        let house = try await TestHouse()
        let old = try await link(house)
        let path = try await link(house)
        let setup = try await house.setupLink().replacing("/setup/", with: "/invitation/")
        let browser = house.browser()
        let form = await browser.get(path)
        let csrf = try #require(form.forms.first?.fields["csrf"])
        for target in [old, path + "x", String(path.dropLast()), "/invitation/", "/invitation/x", setup] {
            #expect(await browser.get(target).status == 404, "\(target.prefix(20))")
            let values = ["name": "N", "password": password, "csrf": csrf]
            let sent = await browser.post(form, values, action: target)
            #expect(sent.status == 404 && sent.cookies.isEmpty)
        }
        house.clock.advance(Invitation.lifetime)
        #expect(await browser.get(path).status == 404)
        #expect(await browser.post(form, ["name": "N", "password": password], action: path).status == 404)
        #expect(try await house.store.account(canonicalEmail: "new@example.org") == nil)
    }

    @Test("An invitation dies when its address gets an account, and its person is not changed by it")
    func accountMeanwhile() async throws {
        let house = try await TestHouse()
        let path = try await link(house)
        let browser = house.browser()
        let form = await browser.get(path)
        let person = try await house.person("new@example.org")
        #expect(await browser.get(path).status == 404)
        #expect(await browser.post(form, ["name": "N", "password": password], action: path).status == 404)
        #expect(try await house.store.account(id: person.id) == person)
    }

    @Test("Administrators invite from their pages and by the API; whoever has an account is not invited")
    func making() async throws {
        let house = try await TestAPI.house()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "root@example.org")
        let form = await browser.get("/admin/invite")
        let values = ["email": "one@example.org", "roles": "staff", "reason": "joins", "name": ""]
        #expect(await browser.submit(form, values, action: "/admin/invite").text.contains("one@example.org is invited"))
        #expect(try await house.letters(.invitation, to: "one@example.org").count == 1)
        for (field, value) in [
            ("email", "nonsense"), ("email", "root@example.org"), ("reason", ""), ("roles", "a/b"),
            ("name", "\u{202E}"),
        ] {
            let page = await browser.post(form, values.merging([field: value]) { $1 }, action: "/admin/invite")
            #expect(page.status == 422 && page.text.contains("id=\"\(field)-error\""), "\(field)")
        }
        let api = try await TestAPI.own(house)
        let made = await api.call(
            .post, "/invitations", ["email": "two@example.org", "roles": [["name": "staff"]], "reason": "joins"])
        #expect(made.status == 201 && made["expires_at"]?.stringValue != nil && made["token"] == nil)
        #expect(try await house.letters(.invitation, to: "two@example.org").count == 1)
        let taken = await api.call(.post, "/invitations", ["email": "ROOT@example.org", "reason": "x"])
        #expect(taken.status == 409 && taken.problem == "address_taken")
        let wrong = await api.call(.post, "/invitations", ["email": "a@b@c", "reason": "x"])
        #expect(wrong.status == 422)
        house.clock.advance(301)
        #expect(
            await browser.post(form, values, action: "/admin/invite").location?.hasPrefix("/account/confirm") == true)
    }

    @Test(
        "An invitation is worth what its inviter is: with the role, the account or its life it dies, for good",
        arguments: 0..<4)
    func formerAdministrator(way: Int) async throws {
        let house = try await TestHouse()
        _ = try await house.person("other@example.org", roles: [.administrator])
        let root = try await house.person("root@example.org", roles: [.administrator])
        let path = try await link(house, roles: [.administrator], by: root.id)
        let kept = try await link(house, "kept@example.org")
        let browser = house.browser()
        let form = await browser.get(path)
        #expect(form.status == 200)
        let now = house.clock.now
        switch way {
        case 0: #expect(try await house.store.setRoles([Role("staff")], of: root.id, at: now))
        case 1: #expect(try await house.store.setStatus(.disabled, of: root.id, at: now))
        case 2: #expect(try await house.store.delete(root.id, by: .person, mailing: [], at: now) == .deleted)
        default: #expect(try await house.store.delete(root.id, by: .operator, mailing: [], at: now) == .deleted)
        }
        #expect(await browser.get(path).status == 404)
        #expect(await browser.post(form, ["name": "N", "password": password], action: path).status == 404)
        _ = try await house.store.setStatus(.active, of: root.id, at: now)
        _ = try await house.store.setRoles([.administrator], of: root.id, at: now)
        #expect(await browser.post(form, ["name": "N", "password": password], action: path).status == 404)
        #expect(try await house.store.account(canonicalEmail: "new@example.org") == nil)
        #expect(await browser.get(kept).status == 200, "nobody's word but the command line's")
    }

    @Test("An administrator sees who is invited and takes an invitation back; its link is dead, and the others are not")
    func withdrawing() async throws {
        let house = try await TestHouse()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let (path, other) = (try await link(house), try await link(house, "two@example.org"))
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "root@example.org")
        let page = await browser.get("/admin/invite")
        #expect(page.text.contains("new@example.org") && page.text.contains("two@example.org"))
        let values = ["invited": "NEW@example.org", "withdraw_reason": "does not join"]
        for (field, value) in [
            ("invited", ""), ("invited", "nonsense"), ("invited", "nobody@example.org"),
            ("invited", "root@example.org"), ("withdraw_reason", ""), ("withdraw_reason", "a\nb"),
        ] {
            let refused = await browser.post(
                page, values.merging([field: value]) { $1 }, action: "/admin/invite/withdraw")
            #expect(refused.status == 422 && refused.text.contains("id=\"\(field)-error\""), "\(field) \(value)")
        }
        let guest = house.browser(from: "192.0.2.9")
        #expect(await guest.get(path).status == 200, "nothing was taken back by a refused form")
        let done = await browser.post(page, values, action: "/admin/invite/withdraw")
        #expect(done.status == 200 && done.text.contains("is taken back") && !done.text.contains(">new@example.org"))
        #expect(await guest.get(path).status == 404)
        #expect(await guest.get(other).status == 200)
        #expect(await browser.post(page, values, action: "/admin/invite/withdraw").status == 422, "it is gone")
        #expect(house.audit.count(.invitationWithdrawn) == 1)
        house.clock.advance(301)
        let late = await browser.post(
            page, ["invited": "two@example.org", "withdraw_reason": "x"], action: "/admin/invite/withdraw")
        #expect(late.location?.hasPrefix("/account/confirm") == true)
        #expect(await guest.get(other).status == 200)
    }

    @Test("Nobody but an administrator finds the form that takes back", arguments: [nil, "ada@example.org"])
    func strangers(email: String?) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let path = try await link(house)
        let browser = house.browser()
        if let email { _ = await browser.signIn(await browser.get("/sign-in"), email) }
        let page = await browser.get("/sign-in")
        let values = ["invited": "new@example.org", "withdraw_reason": "x"]
        #expect(await browser.post(page, values, action: "/admin/invite/withdraw").status == 404)
        #expect(await browser.get(path).status == 200)
        #expect(house.audit.count(.invitationWithdrawn) == 0)
    }

    @Test("The API lists invitations page by page and takes one back, once")
    func byAPI() async throws {
        let house = try await TestAPI.house()
        let api = try await TestAPI.own(house)
        for name in ["cem", "ann", "bob"] { _ = try await link(house, "\(name)@example.org") }
        let first = await api.call(.get, "/invitations?limit=2")
        let next = try #require(first["next"]?.stringValue)
        let second = await api.call(.get, "/invitations?limit=2&after=\(next)")
        let listed = [first, second].flatMap { page in
            (page["invitations"]?.arrayValue ?? []).compactMap { $0.objectValue?["email"]?.stringValue }
        }
        #expect(listed == ["ann@example.org", "bob@example.org", "cem@example.org"] && second["next"] == nil)
        #expect(await api.call(.get, "/invitations?after=ann@example.org").status == 422)
        for (email, status) in [("a@b@c", 422), ("zoe@example.org", 404), ("", 422)] {
            let page = await api.call(.post, "/invitations/withdraw", ["email": .string(email), "reason": "x"])
            #expect(page.status == status, "\(email)")
        }
        #expect(await api.call(.post, "/invitations/withdraw", ["email": "ann@example.org"]).status == 422)
        let order: JSONValue = ["email": "ANN@example.org", "reason": "does not join"]
        let done = await api.call(.post, "/invitations/withdraw", order)
        #expect(done.status == 200 && done["email"]?.stringValue == "ann@example.org")
        #expect(await api.call(.post, "/invitations/withdraw", order).status == 404)
        house.clock.advance(Invitation.lifetime)
        let later = try await TestAPI.own(house)
        #expect(await later.call(.get, "/invitations")["invitations"]?.arrayValue?.isEmpty == true)
    }
}

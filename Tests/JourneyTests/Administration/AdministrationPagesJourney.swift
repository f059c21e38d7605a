import HTTPTypes
import Identity
import OAuth
import Testing

@testable import Web

@Suite("The pages of administration")
struct AdministrationPagesJourney {
    private func administrator(
        _ house: TestHouse, _ email: String = "root@example.org", from peer: String = "192.0.2.8"
    )
        async throws -> TestBrowser
    {
        if try await house.store.account(canonicalEmail: email) == nil {
            _ = try await house.person(email, roles: [.administrator], profile: Profile(name: "Root"))
        }
        let browser = house.browser(from: peer)
        _ = await browser.signIn(await browser.get("/sign-in"), email)
        return browser
    }

    private func path(_ person: Account) -> String { "/admin/people/\(person.id)" }

    private func act(
        _ browser: TestBrowser, _ person: Account, _ deed: String, _ values: [String: String?] = ["reason": "left"]
    ) async -> TestPage {
        await browser.submit(await browser.get(path(person)), values, action: "\(path(person))/\(deed)")
    }

    @Test("A person is found and shown with everything around them")
    func show() async throws {
        let house = try await TestHouse()
        let ada = try await house.person(roles: [Role("editor", context: "p1")])
        _ = try await house.tokens(for: .shop, in: house.browser(), ["scope": "openid offline_access"])
        _ = try await house.storedEvents()
        let browser = try await administrator(house)
        let list = await browser.get("/admin")
        #expect(list.text.contains("ada@example.org") && list.text.contains("root@example.org"))
        let found = await browser.get("/admin?query=LOVE&state=active")
        #expect(found.text.contains(path(ada)) && !found.text.contains("root@example.org"))
        #expect(await browser.get("/admin?query=nobody").text.contains("Nobody matches"))
        let page = await browser.get(path(ada))
        for text in ["Ada Lovelace", "editor (p1)", "Shop", "Keep its access", "Sign in", "192.0.2.1", "Token issued"] {
            #expect(page.text.contains(text), "\(text)")
        }
        #expect(!page.text.contains("quick:") && !page.text.contains("mse_"))
    }

    @Test("CF2: disabling, enabling, roles, sessions and deletion take effect at once and are recorded with the reason")
    func deeds() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = try await administrator(house)
        let root = try #require(try await house.store.account(canonicalEmail: "root@example.org"))
        let adas = house.browser()
        _ = await adas.signIn(await adas.get("/sign-in"), "ada@example.org")
        #expect(await act(browser, ada, "end-sessions").text.contains("signed out everywhere"))
        #expect(await adas.get("/account").status == 303)
        #expect(await act(browser, ada, "roles", ["reason": "new", "add": "staff, editor"]).text.contains("staff"))
        #expect(await act(browser, ada, "disable").text.contains("The account is disabled."))
        #expect(await act(browser, ada, "enable").text.contains("The account is active again."))
        #expect(await act(browser, ada, "delete").text.contains("The account is deleted."))
        #expect(await act(browser, ada, "enable").text.contains("active again"))
        let kinds: [AuditEvent.Kind] = [
            .sessionEnded, .rolesChanged, .accountDisabled, .accountEnabled, .accountDeleted,
        ]
        for kind in kinds {
            let event = try #require(house.audit.events.first { $0.kind == kind }, "\(kind)")
            #expect(event.actor == .person(root.id) && event.subject == ada.id)
            #expect(event.details["method"] == "page" && event.details["why"] != nil)
        }
    }

    @Test("Only roles that stay ticked stay")
    func roles() async throws {
        let house = try await TestHouse()
        let ada = try await house.person(roles: [Role("a"), Role("b", context: "p"), Role("c")])
        let browser = try await administrator(house)
        let page = await browser.get(path(ada))
        #expect(page.value(of: "keep1") == "b p")
        let kept: [String: String?] = ["reason": "x", "keep0": "a", "keep1": "b p", "keep2": nil, "add": "d"]
        _ = await act(browser, ada, "roles", kept)
        #expect(
            try await house.store.account(id: ada.id)?.roles == [Role("a"), Role("b", context: "p"), Role("d")])
        for add in ["two words here!", "a/b", String(repeating: "x", count: 65), "<b>"] {
            let refused = await act(browser, ada, "roles", ["reason": "why it is", "add": add])
            #expect(refused.status == 422 && refused.text.contains("A role is one word"), "\(add)")
            #expect(refused.value(of: "reason") == "why it is" || refused.text.contains("why it is"))
        }
    }

    @Test(
        "Without a reason nothing is done, and the form comes back",
        arguments: ["", "   ", "\u{202E}", String(repeating: "x", count: 201)])
    func reason(text: String) async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = try await administrator(house)
        for deed in ["recovery", "reset-factors", "disable", "end-sessions", "roles", "delete"] {
            let page = await act(browser, ada, deed, ["reason": text])
            #expect(page.status == 422 && page.text.contains("Say why"), "\(deed)")
            #expect(page.text.contains("href=\"#reason-\(deed)\""))
        }
        #expect(try await house.store.account(id: ada.id) == ada)
    }

    @Test("Everybody else finds nothing there, whatever they send, and learns of no method")
    func strangers() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let ordinary = house.browser()
        _ = await ordinary.signIn(await ordinary.get("/sign-in"), "ada@example.org")
        let partial = house.browser(from: "192.0.2.44")
        _ = try await house.person("part@example.org", roles: [Role("administrator", context: "p1")])
        _ = await partial.signIn(await partial.get("/sign-in"), "part@example.org")
        let routes = Reception.routes(house.reception.rooms).filter { $0.path.hasPrefix("/admin") }
        #expect(routes.count > 5 && routes.allSatisfy(\.isHidden))
        let missing = await ordinary.get("/nowhere")
        for browser in [house.browser(from: "192.0.2.55"), ordinary, partial] {
            let csrf = await browser.get("/account").forms.first?.fields["csrf"]
            for route in routes {
                let target = route.path.replacing("{id}", with: ada.id).replacing("/*", with: "/x")
                for method in [HTTPRequest.Method.get, .post, .put, .delete, .options, .head] {
                    let form = method == .post ? [("csrf", csrf ?? ""), ("reason", "x")] : nil
                    let page = await browser.send(
                        method, target, form: form.map { $0.map { (name: $0.0, value: $0.1) } })
                    #expect(page.status == 404 && page.header("Allow") == nil, "\(method) \(target)")
                    if method == .get { #expect(page.heading == missing.heading) }
                }
                let json = await browser.send(.post, target, form: [], headers: ["Content-Type": "application/json"])
                #expect(json.status == 404)
            }
        }
        #expect(try await house.store.account(id: ada.id) == ada)
        #expect(house.audit.count(.administrationRefused) > 0)
    }

    @Test("Only administrators see the way to the pages of administration beside their account")
    func administration() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        _ = try await house.person(
            "part@example.org", roles: [Role("administrator", context: "p1"), Role("Administrator")])
        let root = try await house.person("root@example.org", roles: [.administrator])
        let paths = AccountSection.allCases.map(\.path)
        for email in ["ada@example.org", "part@example.org"] {
            let browser = house.browser()
            _ = await browser.signIn(await browser.get("/sign-in"), email)
            for path in paths { #expect(await !browser.get(path).text.contains("/admin"), "\(path)") }
        }
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "root@example.org")
        for path in paths {
            #expect(await browser.get(path).text.contains("<a href=\"/admin\">People</a>"), "\(path)")
        }
        #expect(await browser.get("/admin").status == 200)
        _ = try await house.person("next@example.org", roles: [.administrator])
        _ = try await house.store.setRoles([], of: root.id, at: house.clock.now)
        for path in paths { #expect(await !browser.get(path).text.contains("/admin"), "\(path)") }
    }

    @Test("Who is no administrator any more finds nothing from then on; the last one stays")
    func formerAdministrator() async throws {
        let house = try await TestHouse()
        let (browser, second) = (
            try await administrator(house), try await administrator(house, "next@example.org", from: "192.0.2.9")
        )
        let root = try #require(try await house.store.account(canonicalEmail: "root@example.org"))
        let next = try #require(try await house.store.account(canonicalEmail: "next@example.org"))
        #expect(await second.get("/admin").status == 200)
        _ = await act(browser, next, "roles", ["reason": "no longer", "keep0": nil])
        #expect(await second.get("/admin").status == 404)
        for deed in ["disable", "delete", "roles"] {
            let page = await act(browser, root, deed, ["reason": "x", "keep0": nil])
            #expect(page.status == 422 && page.text.contains("This is the last administrator"), "\(deed)")
        }
        #expect(await browser.get("/admin").status == 200)
    }

    @Test("B093: who proved long ago who they are is asked again before anything changes")
    func fresh() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = try await administrator(house)
        let page = await browser.get(path(ada))
        house.clock.advance(301)
        for deed in PersonDeed.allCases where deed != .enable {
            let late = await browser.post(page, ["reason": "x"], action: "\(path(ada))/\(deed.rawValue)")
            #expect(
                late.status == 303 && late.location?.hasPrefix("/account/confirm?next=%2Fadmin%2Fpeople%2F") == true)
        }
        let stale = await browser.get(path(ada))
        #expect(stale.status == 200 && !stale.forms.contains { $0.action.hasPrefix("/admin/people/") })
        #expect(stale.text.contains("Confirm that it is you"))
        #expect(try await house.store.account(id: ada.id) == ada)
    }

    @Test("WB6: no form works without the token of this very browser, nor when it comes from another site")
    func csrf() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let browser = try await administrator(house)
        let other = try await administrator(house, "next@example.org", from: "192.0.2.9")
        let page = await browser.get(path(ada))
        let own = try #require(page.forms.first { $0.action.hasPrefix("/admin/") }?.fields["csrf"])
        let foreign = try #require(
            await other.get(path(ada)).forms.first { $0.action.hasPrefix("/admin/") }?.fields["csrf"])
        for deed in PersonDeed.allCases {
            let action = "\(path(ada))/\(deed.rawValue)"
            for token in [nil, "", "x", foreign, own + "A", own.uppercased()] as [String?] {
                let refused = await browser.post(page, ["csrf": token, "reason": "x"], action: action)
                #expect(refused.status == 403, "\(deed)")
            }
            for header in [
                ["Origin": "https://evil.example"], ["Sec-Fetch-Site": "cross-site"], ["Origin": "null"],
            ] {
                let refused = await browser.post(page, ["csrf": own, "reason": "x"], action: action, headers: header)
                #expect(refused.status == 403, "\(deed)")
            }
            let query = await browser.send(.post, "\(action)?csrf=\(own)", form: [(name: "reason", value: "x")])
            #expect(query.status == 403)
        }
        #expect(try await house.store.account(id: ada.id) == ada)
    }

    @Test("What was changed meanwhile is not overwritten")
    func lostUpdate() async throws {
        let house = try await TestHouse()
        let ada = try await house.person(roles: [Role("a")])
        let (one, two) = (
            try await administrator(house), try await administrator(house, "next@example.org", from: "192.0.2.9")
        )
        let page = await one.get(path(ada))
        _ = await act(two, ada, "roles", ["reason": "x", "keep0": "a", "add": "b"])
        let late = await one.submit(page, ["reason": "x", "add": "c"], action: "\(path(ada))/roles")
        #expect(late.status == 422 && late.text.contains("Somebody else changed this account"))
        #expect(try await house.store.account(id: ada.id)?.roles == [Role("a"), Role("b")])
    }

    @Test("Somebody who is gone is said to be, and text of people is text (WB7)")
    func texts() async throws {
        let house = try await TestHouse()
        let name = #"<script>x</script>"'&{{csrf}}"#
        let ada = try await house.person(profile: Profile(name: name))
        let browser = try await administrator(house)
        for page in [await browser.get("/admin"), await browser.get(path(ada))] {
            #expect(!page.text.contains("<script>x") && page.text.contains("&lt;script&gt;x"))
        }
        let gone = await browser.get("/admin/people/nobody")
        #expect(gone.status == 404 && gone.heading == "There is nobody here")
        #expect(await browser.get("/admin?after=forged&query=%3Cb%3E").status == 200)
    }
}

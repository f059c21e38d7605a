import Identity
import OAuth
import TestSupport
import Testing

@Suite("Why somebody could not sign in")
struct ExplainedSignIns {
    @Test("An operator learns which it was; the person reads the same each time, and a reference (PW10, CF5)")
    func credentials() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let bob = try await house.person("bob@example.org")
        _ = try await house.store.setStatus(.disabled, of: bob.id, at: house.clock.now)
        let cases = [
            ("nobody@example.org", Explained(.credentials, "that nobody has", "of an account", "martlet user list")),
            (
                "ada@example.org",
                Explained(
                    .credentials,
                    """
                    wrong password (not shown) for a…@example.org, \(ada.id)
                    """, "password", "caps lock")
            ),
            ("bob@example.org", Explained(.credentials, "disabled account (b…@example.org", "active", "active again")),
            ("no address", Explained(.credentials, "no e-mail address", "an e-mail address", "both")),
        ]
        var texts: Set<String> = []
        for (email, wanted) in cases {
            let browser = house.browser()
            let page = await browser.signIn(await browser.get("/sign-in"), email, password: "not the password")
            #expect(page.reference == page.header("X-Request-Id") && page.reference?.count == 10)
            try await house.expect(page, wanted, after: [.form, .formOrigin, .method, .server, .throttle])
            guard wanted.seen.contains("address") == false || email.hasPrefix("nobody") else { continue }
            texts.insert(page.text.components(separatedBy: "error-summary")[1].prefix(120).description)
        }
        #expect(texts.count == 1)
        let known = try await house.store.explanations(latest: 10, at: house.clock.now)
        #expect(known.map(\.examination.subject) == [nil, bob.id, ada.id, nil])
    }

    @Test("Too many tries name their lane (PW9)")
    func throttled() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        for _ in 0..<10 { _ = await browser.signIn(form, "ada@example.org", password: "not the password") }
        let page = await browser.signIn(form, "ada@example.org")
        #expect(page.status == 429 && page.reference != nil)
        try await house.expect(
            page, Explained(.throttle, "password-account-network", "900 seconds", "nothing is locked"),
            after: [.form, .formOrigin, .method, .server])
    }

    @Test("For an app the checks of its request stand before those of the person")
    func forClient() async throws {
        let house = try await TestHouse()
        let browser = house.browser()
        let page = await browser.signIn(
            await browser.visit(TestApp.shop.request()), "ada@example.org", password: "not the password")
        try await house.expect(
            page, Explained(.credentials, "nobody has", "", ""),
            after: [
                .form, .formOrigin, .pausedRequest, .browserBinding, .client, .redirectAddress, .method, .server,
                .throttle,
            ])
        #expect(try await house.explanation(of: page).examination.clientID == "shop")
    }

    @Test("A form from elsewhere, and one that comes too late (WB6)")
    func forms() async throws {
        let house = try await TestHouse()
        let browser = house.browser()
        let form = await browser.get("/sign-in")
        let foreign = await browser.post(form, ["csrf": "x"], action: "/sign-in")
        try await house.expect(
            foreign, Explained(.formOrigin, "no page of ours", "our page", "Reload"), after: [.form])
        let cookieless = await house.browser().post(form, [:], action: "/sign-in")
        try await house.expect(cookieless, Explained(.formOrigin, "without our cookie", "", "Allow cookies"))
        let late = await browser.post(
            form, ["csrf": form.forms.first?.fields["csrf"]], action: "/account/sessions/end")
        try await house.expect(late, Explained(.session, "nobody signed in", "live session", "lifetimes.session_idle"))
    }

    @Test("A missing role, consent refused and consent missing (SE10, TK11)")
    func policy() async throws {
        let house = try await TestHouse()
        let ada = try await house.person(roles: [Role("guest")])
        let browser = house.browser()
        let office = await browser.signIn(await browser.visit(TestApp.office.request()), "ada@example.org")
        #expect(office.status == 403 && office.reference == office.header("X-Request-Id"))
        try await house.expect(
            office,
            Explained(.policy, "roles guest", "one of the roles staff", "martlet user role ADDRESS --add staff"),
            after: Course.continuation.filter { $0 != .policy && $0 != .consent })
        #expect(try await house.explanation(of: office).examination.subject == ada.id)

        let silent = await browser.get(TestApp.shop.request(["prompt": "none"]))
        try await house.expect(silent, Explained(.consent, "no consent", "openid profile email", "prompt=none"))
        let consent = await browser.visit(TestApp.shop.request())
        let denied = await browser.post(consent, ["decision": "deny"], action: "/consent")
        #expect(denied.answer["error"] == "access_denied")
        try await house.expect(
            denied, Explained(.consent, "said no", "consent", "Nothing is broken"),
            after: Course.continuation.filter { $0 != .consent })
    }

    @Test("A refused password change and a dead setup link are explained (PW11, PW13)")
    func account() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let form = await browser.get("/account/password")
        let wrong = await browser.post(
            form, ["current": "not the password", "password": "a quite different sentence"])
        #expect(wrong.reference != nil)
        try await house.expect(wrong, Explained(.credentials, "wrong password", "", "again"))
        let short = await browser.post(form, ["current": TestHouse.password, "password": "short"])
        try await house.expect(short, Explained(.credentials, "too short", "passwords.minimum_length", "another"))
        let link = await house.browser().get("/setup/unknown")
        try await house.expect(link, Explained(.setupLink, "used or expired", "newest", "martlet admin create"))
        #expect(try await house.explanation(of: link).route == "GET /setup/…")
    }
}

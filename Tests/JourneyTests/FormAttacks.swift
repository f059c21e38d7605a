import HTTPTypes
import OAuth
import Testing

@testable import Web

@Suite("Forms sent from elsewhere")
struct FormAttacks {
    /// POST addresses that need no form token, each for its reason.
    static let open: Set<String> = [
        "/authorize", "/logout",  // only send the browser round as a GET
        "/token", "/introspect", "/revoke", "/userinfo",  // for apps, which prove themselves; cookies mean nothing
        "/upstream/{provider}/callback",  // sends the browser round as a GET; its state is the proof (SO6)
    ]

    /// Those under `/admin` are not there for anybody but administrators, and the API takes no forms: each has attacks
    /// of its own.
    static func guarded(_ house: TestHouse) -> [String] {
        Reception.routes(house.reception.rooms)
            .filter { $0.actions[.post] != nil && $0.accepts == .form && !open.contains($0.path) }
            .filter { !$0.path.hasPrefix("/admin/") && !$0.path.hasPrefix("/api/") }
            .map(\.filled).sorted()
    }

    /// What would change something, whichever form it reaches.
    static func values(_ handle: String, _ subject: String) -> [String: String?] {
        [
            "request": handle, "decision": "allow", "subject": subject, "account": subject, "session": "x",
            "application": "shop", "email": "ada@example.org", "password": TestHouse.password,
            "current": TestHouse.password, "name": "Eve",
        ]
    }

    private func signedIn(_ house: TestHouse, from peer: String = "192.0.2.1") async -> TestBrowser {
        let browser = house.browser(from: peer)
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        return browser
    }

    @Test("Every POST address is on one of the two lists (WB6)")
    func lists() async throws {
        let house = try await TestHouse()
        #expect(
            Self.guarded(house) == [
                "/account/address", "/account/address/confirm", "/account/applications/remove",
                "/account/browsers/forget", "/account/browsers/forget-others", "/account/confirm",
                "/account/confirm/code", "/account/confirm/mail", "/account/delete", "/account/export",
                "/account/factors/app", "/account/factors/codes", "/account/factors/mail", "/account/factors/mail/code",
                "/account/factors/passkeys", "/account/factors/recovery/stop", "/account/factors/remembered/forget",
                "/account/factors/remembered/forget-all", "/account/factors/remove", "/account/factors/rename",
                "/account/notices/dismiss", "/account/password", "/account/picture/remove",
                "/account/preferences/magic-links", "/account/preferences/notices", "/account/profile",
                "/account/security/connect", "/account/security/disconnect", "/account/sessions/end",
                "/account/sessions/end-others", "/address-change/x", "/address-undo/x",
                "/come-back", "/consent", "/factor-recovery/x", "/invitation/x", "/logout/confirm", "/magic-link",
                "/magic-link/again",
                "/magic-link/code", "/magic-link/x", "/not-me/x", "/recovery",
                "/recovery/sent", "/recovery/x", "/second-factor/app", "/second-factor/backup-code",
                "/second-factor/leave",
                "/second-factor/lost", "/second-factor/lost/code",
                "/second-factor/mail", "/second-factor/mail/send", "/second-factor/passkey", "/select-account",
                "/setup/x", "/sign-in", "/sign-in/passkey", "/sign-up",
                "/sign-up/again", "/sign-up/code",
                "/sign-up/x", "/staff-link/x", "/upstream-proof/again", "/upstream-proof/x", "/upstream/address",
                "/upstream/code", "/upstream/connect", "/upstream/github", "/verification/again", "/verification/code",
                "/verification/x",
            ])
    }

    @Test("No form works without the token of this very browser, nor with a header that names another site (WB6)")
    func everyForm() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        let (browser, other) = (await signedIn(house), await signedIn(house, from: "192.0.2.2"))
        let page = await browser.visit(TestApp.shop.request())
        let own = try #require(page.forms.first?.fields["csrf"])
        let foreign = try #require(await other.visit(TestApp.shop.request()).forms.first?.fields["csrf"])
        #expect(own != foreign)
        let tokens: [String?] = [nil, "", "x", foreign, own + "A", String(own.dropLast()), own.uppercased()]
        let headers: [[String: String]] = [
            ["Origin": "https://evil.example"], ["Origin": "null"], ["Origin": TestHouse.origin + "0"],
            ["Origin": "https://localhost:8080"], ["Origin": "HTTP://LOCALHOST:8080"],
            ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], ["Sec-Fetch-Site": "none"],
            ["Origin": TestHouse.origin, "Sec-Fetch-Site": "cross-site"],
            ["Origin": "null", "Sec-Fetch-Site": "cross-site"],
        ]
        let values = Self.values(page.handle ?? "", ada.id)
        for path in Self.guarded(house) {
            for token in tokens {
                let reply = await browser.post(page, values.merging(["csrf": token]) { $1 }, action: path)
                #expect(reply.status == 403 && reply.cookies.isEmpty, "\(path) \(token ?? "no token")")
            }
            for header in headers {
                let reply = await browser.post(
                    page, values.merging(["csrf": own]) { $1 }, action: path, headers: header)
                #expect(reply.status == 403 && reply.cookies.isEmpty, "\(path) \(header)")
            }
            let stranger = await house.browser(from: "192.0.2.3").post(page, values, action: path)
            #expect(stranger.status == 403)
        }
        #expect(await browser.get("/account").status == 200)
        #expect(await other.get("/account").status == 200)
        #expect(try await house.store.consents(of: ada.id).isEmpty)
        #expect(await browser.submit(page, ["decision": "allow"]).answer["code"] != nil)
    }

    @Test(
        "A form is a form: other content types change nothing (WB6)",
        arguments: [
            "text/plain", "multipart/form-data; boundary=x", "application/json", "application/x-www-form-urlencodedx",
            "",
            "text/plain; application/x-www-form-urlencoded", "application/x-www-form-urlencoded, text/plain",
        ])
    func contentTypes(type: String) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let account = await browser.get("/account")
        for path in Self.guarded(house) + Self.open.subtracting(["/userinfo"]).map(Route.filled) {
            let reply = await browser.post(account, [:], action: path, headers: ["Content-Type": type])
            #expect(reply.status == 415, "\(path) \(type)")
        }
        #expect(await browser.get("/account").status == 200)
    }

    @Test("The token in the address counts for nothing (WB6)")
    func tokenInQuery() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let token = try #require(await browser.get("/account").forms.first?.fields["csrf"])
        for path in Self.guarded(house) {
            let reply = await browser.send(
                .post, "\(path)?csrf=\(token)&decision=sign-out", form: [("decision", "sign-out")])
            #expect(reply.status == 403, "\(path)")
        }
    }

    @Test("GET and HEAD of an address that changes something change nothing (WB6, IN8)")
    func byGet() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await signedIn(house)
        let page = await browser.get("/account")
        let fields = page.forms.flatMap(\.fields).map { (name: $0.key, value: $0.value) }
        for path in Self.guarded(house) {
            for method in [HTTPRequest.Method.get, .head] {
                _ = await browser.send(
                    method,
                    "\(path)?" + FormEncoding.encode(fields + [("decision", "sign-out"), ("decision", "allow")]))
                _ = await browser.send(method, "\(path)?" + FormEncoding.encode(fields + [("decision", "sign-out")]))
            }
        }
        #expect(await browser.get("/account").status == 200)
        #expect(house.audit.count(.signOut) == 0 && house.audit.count(.sessionEnded) == 0)
    }
}

import Demo
import JSON
import OAuth
import Testing

@Suite("The demo shows what it was given, refreshes, revokes and signs out")
struct DemoPersonTests {
    private let house: DemoHouse

    init() throws { house = try DemoHouse() }

    private func person() async throws -> DemoBrowser.Page {
        _ = try await house.signIn { $0.tokens["refresh_token"] = "refresh-1" }
        return try await house.browser.get("/person")
    }

    @Test("Name, ID token, userinfo and introspection are shown; a stranger's text is only text")
    func shown() async throws {
        let page = try await person()
        #expect(page.status == 200)
        #expect(page.text.contains("Hello, Anna &lt;b&gt;Example&lt;/b&gt;") && page.text.contains("anna@example.com"))
        #expect(page.text.contains("&quot;ES256&quot;") && page.text.contains("&quot;azp&quot;"), "\(page.text)")
        #expect(page.text.contains("&quot;active&quot;: true"))
        #expect(!page.text.contains("refresh-1"))
        let asked = house.provider.requests(to: "/userinfo").first?.headers
        #expect(asked?.contains { $0 == ("Authorization", "Bearer access-1") } == true)
    }

    @Test("Without a sign-in there is nothing to see")
    func nobody() async throws {
        #expect(try await house.browser.get("/person").location == "/")
        house.browser.useCookie("martlet-demo=forged")
        #expect(try await house.browser.get("/person").location == "/")
        let home = try await house.browser.get("/")
        #expect(try await house.browser.post("/refresh", "csrf=\(home.csrf)").location == "/")
    }

    @Test("A userinfo answer of another person is not believed (OpenID Connect Core §5.3.2)")
    func otherUserInfo() async throws {
        _ = try await house.signIn { $0.userInfo["sub"] = "bert" }
        #expect(try await house.browser.get("/person").status == 400)
    }

    @Test("Whatever went wrong, one can start again at home")
    func home() async throws {
        _ = try await person()
        let home = try await house.browser.get("/")
        #expect(home.status == 200 && home.text.contains("Try signing in") && home.cookie == nil)
    }

    @Test("A token that is no longer good is shown as such")
    func deadToken() async throws {
        _ = try await house.signIn {
            $0.userInfoStatus = 401
            $0.userInfo = ["error": "invalid_token"]
        }
        let page = try await house.browser.get("/person")
        #expect(page.status == 200 && page.text.contains("Status 401"))
    }

    @Test("A refresh brings new access for the same person")
    func refresh() async throws {
        let csrf = try await person().csrf
        house.provider.say(nonce: "", at: house.clock.now, accessToken: "access-two-longer")
        house.provider.rewrite {
            $0.tokens["access_token"] = "access-two-longer"
            $0.claims["nonce"] = nil
        }
        #expect(try await house.browser.post("/refresh", "csrf=\(csrf)").location == "/person")
        let page = try await house.browser.get("/person")
        #expect(page.text.contains("access-t…longer") && page.text.contains("Refreshed."))
        let form = house.provider.form(of: house.provider.requests(to: "/token").last)
        #expect(form == "grant_type=refresh_token&refresh_token=refresh-1")
    }

    @Test("A refresh that brings another person is refused (OpenID Connect Core §12.2)")
    func refreshedToAnother() async throws {
        let csrf = try await person().csrf
        house.provider.rewrite { $0.claims["sub"] = "bert" }
        #expect(try await house.browser.post("/refresh", "csrf=\(csrf)").status == 400)
        #expect(try await house.browser.get("/person").text.contains("&quot;anna&quot;"))
    }

    @Test("Revoking ends the access token and the refresh token")
    func revoke() async throws {
        let csrf = try await person().csrf
        #expect(try await house.browser.post("/revoke", "csrf=\(csrf)").location == "/person")
        let forms = house.provider.requests(to: "/revoke").map(house.provider.form)
        #expect(forms == ["token=access-1", "token=refresh-1"])
        #expect(try await house.browser.get("/person").text.contains("Revoked."))
    }

    @Test("Signing out forgets the person here, and leads to the provider with the ID token as a hint")
    func signOut() async throws {
        let csrf = try await person().csrf
        let out = try await house.browser.post("/sign-out", "csrf=\(csrf)")
        #expect(out.location?.hasPrefix("http://localhost:8080/logout?id_token_hint=ey") == true)
        #expect(out.query("post_logout_redirect_uri") == "http://localhost:8081/")
        let home = try await house.browser.get("/")
        #expect(home.status == 200 && home.text.contains("You are signed out of this demo."))
        #expect(try await house.browser.get("/").text.contains("You are signed out") == false)
    }

    @Test(
        "A form without the token of the visit does nothing",
        arguments: ["/sign-in", "/refresh", "/revoke", "/sign-out"])
    func csrf(_ path: String) async throws {
        _ = try await person()
        let foreign = try await DemoBrowser(house.demo).get("/").csrf
        for form in ["", "csrf=", "csrf=x", "csrf=\(foreign)", "csrf=\(foreign)&csrf=\(foreign)", "%"] {
            let page = try await house.browser.post(path, form)
            #expect(page.status == 400 && page.location == nil)
        }
        #expect(house.provider.requests(to: "/revoke").isEmpty)
        #expect(try await house.browser.get("/person").status == 200)
    }

    @Test("A visit ends after eight hours")
    func lifetime() async throws {
        _ = try await person()
        house.clock.turn(by: 8 * 3600)
        #expect(try await house.browser.get("/person").location == "/")
    }

    @Test("Visits are bounded: the oldest make room, those of nobody before those of people")
    func bounded() async throws {
        _ = try await person()
        let early = DemoBrowser(house.demo)
        let csrf = try await early.get("/").csrf
        house.clock.turn(by: 1)
        for _ in 0..<1000 { _ = try await DemoBrowser(house.demo).get("/") }
        #expect(try await early.post("/sign-in", "csrf=\(csrf)").status == 400)
        #expect(try await house.browser.get("/person").status == 200)
    }

    @Test("Only the files of the pages are served")
    func assets() async throws {
        #expect(try await house.browser.get("/assets/martlet.css").text.contains("--accent"))
        for name in ["en.json", "..%2Fdemo-home.mustache", "%2e%2e", "martlet.css%00", "form-post.js"] {
            #expect(try await house.browser.get("/assets/\(name)").status == 404)
        }
    }
}

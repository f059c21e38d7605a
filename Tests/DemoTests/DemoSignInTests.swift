import Cryptography
import Demo
import Foundation
import JSON
import Logging
import OAuth
import Testing

/// The demo in front of a scripted provider.
struct DemoHouse {
    let provider: ScriptedProvider
    let clock = TurnedClock()
    let demo: DemoApplication
    let browser: DemoBrowser

    init() throws {
        provider = try ScriptedProvider()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let configuration = DemoConfiguration(
            issuer: ScriptedProvider.issuer, clientID: "demo",
            clientSecret: "s:cret/")
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        demo = try DemoApplication(
            configuration: configuration, fetcher: provider, random: SystemRandom(), clock: clock,
            templates: root.deletingLastPathComponent().appendingPathComponent("Templates").path, logger: logger)
        browser = DemoBrowser(demo)
    }

    /// Out and back with the provider's answer; `change` may spoil it first.
    func signIn(
        algorithm: SignatureAlgorithm = .es256, _ change: (inout ScriptedProvider.Script) -> Void = { _ in }
    ) async throws -> DemoBrowser.Page {
        let out = try await browser.pressSignIn()
        provider.say(nonce: out.query("nonce"), at: clock.now, algorithm: algorithm)
        provider.rewrite(change)
        return try await browser.get(
            "/callback?code=c&state=\(out.query("state"))&iss=\(FormEncoding.escape(ScriptedProvider.issuer))")
    }
}

@Suite("The demo signs in: OpenID Connect Core §3.1, RFC 7636, RFC 9207")
struct DemoSignInTests {
    private let house: DemoHouse

    init() throws { house = try DemoHouse() }

    @Test("The button leads to the authorization endpoint with state, nonce and an S256 challenge")
    func request() async throws {
        let out = try await house.browser.pressSignIn()
        #expect(out.status == 303)
        #expect(out.location?.hasPrefix("http://localhost:8080/authorize?") == true)
        #expect(out.query("response_type") == "code" && out.query("client_id") == "demo")
        #expect(out.query("redirect_uri") == "http://localhost:8081/callback")
        #expect(out.query("scope") == "openid profile email roles offline_access")
        #expect(out.query("code_challenge_method") == "S256" && out.query("code_challenge").count == 43)
        #expect(
            out.query("state").count == 43 && out.query("nonce").count == 43 && out.query("state") != out.query("nonce")
        )
        let again = try await house.browser.pressSignIn()
        #expect(out.query("state") != again.query("state"))
    }

    @Test("The cookie is HttpOnly and Lax, and forms may lead to the provider and nowhere else")
    func cookie() async throws {
        let home = try await house.browser.get("/")
        #expect(
            home.status == 200 && home.text.contains("Try signing in") && home.text.contains("http://localhost:8080"))
        #expect(home.cookie?.contains("HttpOnly") == true && home.cookie?.contains("SameSite=Lax") == true)
        #expect(home.policy?.contains("form-action 'self' http://localhost:8080;") == true)
        #expect(home.policy?.contains("default-src 'none'") == true)
    }

    @Test("A good answer signs in, whatever the algorithm", arguments: [SignatureAlgorithm.es256, .edDSA])
    func signIn(_ algorithm: SignatureAlgorithm) async throws {
        let before = house.browser.cookie
        let back = try await house.signIn(algorithm: algorithm)
        #expect(back.status == 303 && back.location == "/person", "\(back.text)")
        #expect(house.browser.cookie != before)
        let exchange = house.provider.requests(to: "/token").first
        let form = house.provider.form(of: exchange)
        #expect(form.contains("grant_type=authorization_code&code=c&redirect_uri=") && form.contains("code_verifier="))
        #expect(!form.contains("client_secret"))
        let basic = exchange?.headers.first { $0.name == "Authorization" }?.value
        #expect(basic == "Basic " + Base64.encode(Array("demo:s%3Acret%2F".utf8)))
    }

    @Test("The verifier that is sent is the one the challenge was made of")
    func verifier() async throws {
        let out = try await house.browser.pressSignIn()
        house.provider.say(nonce: out.query("nonce"), at: house.clock.now)
        _ = try await house.browser.get(
            "/callback?code=c&state=\(out.query("state"))&iss=http%3A%2F%2Flocalhost%3A8080")
        let form = house.provider.form(of: house.provider.requests(to: "/token").first)
        let verifier = form.split(separator: "code_verifier=").last.map(String.init) ?? ""
        #expect(Base64URL.encode(SHA256.digest(Array(verifier.utf8))) == out.query("code_challenge"))
    }

    @Test(
        "An ID token that does not hold in one claim signs nobody in",
        arguments: [
            ["iss": "http://localhost:8080/"], ["iss": "https://evil.example"], ["iss": nil], ["aud": "other"],
            ["aud": ["demo", "other"]], ["aud": nil], ["azp": "other"], ["nonce": "x"], ["nonce": nil],
            ["at_hash": "x"],
            ["at_hash": nil], ["exp": 1_799_999_000], ["exp": nil], ["exp": "later"], ["iat": 1_800_009_999],
            ["nbf": 1_800_009_999], ["sub": nil], ["sub": ""], ["sub": 7],
        ] as [JSONObject])
    func badClaim(_ spoilt: JSONObject) async throws {
        let back = try await house.signIn { script in
            for (name, value) in spoilt.members { script.claims[name] = value.isNull ? JSONValue?.none : value }
        }
        #expect(back.status == 400 && back.location == nil)
        #expect(back.text.contains("The ID token does not hold"))
        #expect(try await house.browser.get("/person").location == "/")
    }

    @Test("A signature of another key, or none, signs nobody in")
    func badSignature() async throws {
        #expect(try await house.signIn { $0.publishesForeignKey = true }.status == 400)
        let none = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8)) + "." + Base64URL.encode(Array("{}".utf8)) + "."
        #expect(try await house.signIn { $0.tokens["id_token"] = .string(none) }.status == 400)
        #expect(try await house.signIn { $0.tokens["id_token"] = "x" }.status == 400)
    }

    @Test("A token answer that is not one signs nobody in")
    func badTokens() async throws {
        #expect(try await house.signIn { $0.tokens = ["token_type": "Bearer"] }.status == 400)
        #expect(try await house.signIn { $0.tokens["token_type"] = "mac" }.status == 400)
    }

    @Test(
        "An answer with another state, none, or a repeated one is not looked at",
        arguments: [
            "code=c&state=x&iss=http%3A%2F%2Flocalhost%3A8080", "code=c&iss=http%3A%2F%2Flocalhost%3A8080", "",
            "error=access_denied&state=x", "code=c&code=d&state=x",
        ])
    func badState(_ query: String) async throws {
        _ = try await house.browser.pressSignIn()
        #expect(try await house.browser.get("/callback?\(query)").status == 400)
        #expect(house.provider.requests(to: "/token").isEmpty)
    }

    @Test(
        "RFC 9207: an answer of another issuer, or of none, is refused",
        arguments: ["", "&iss=https%3A%2F%2Fevil.example", "&iss=http%3A%2F%2Flocalhost%3A8080%2F"])
    func badIssuer(_ iss: String) async throws {
        let out = try await house.browser.pressSignIn()
        #expect(try await house.browser.get("/callback?code=c&state=\(out.query("state"))\(iss)").status == 400)
        #expect(house.provider.requests(to: "/token").isEmpty)
    }

    @Test("An answer is good once, in the browser that asked, for ten minutes")
    func onceHereAndSoon() async throws {
        let out = try await house.browser.pressSignIn()
        let answer = "/callback?code=c&state=\(out.query("state"))&iss=http%3A%2F%2Flocalhost%3A8080"
        let other = DemoBrowser(house.demo)
        _ = try await other.pressSignIn()
        #expect(try await other.get(answer).status == 400)
        house.clock.turn(by: 601)
        #expect(try await house.browser.get(answer).status == 400)
        house.clock.turn(by: -601)
        #expect(try await house.browser.get(answer).status == 400)
        #expect(house.provider.requests(to: "/token").isEmpty)
    }

    @Test("A refusal of the person is told as what it is")
    func denied() async throws {
        let out = try await house.browser.pressSignIn()
        let page = try await house.browser.get(
            "/callback?error=access_denied&error_description=No%20%3Cb%3E&state=\(out.query("state"))&iss=http%3A%2F%2Flocalhost%3A8080"
        )
        #expect(
            page.status == 400 && page.text.contains("access_denied")
                && page.text.contains("You did not allow the access"))
        #expect(page.text.contains("No &lt;b&gt;") && !page.text.contains("No <b>"))
    }

    @Test("A provider that does not answer is told with its address")
    func down() async throws {
        let home = try await house.browser.get("/")
        house.provider.rewrite { $0.isDown = true }
        let page = try await house.browser.post("/sign-in", "csrf=\(home.csrf)")
        #expect(page.status == 502)
        #expect(page.text.contains("Martlet does not answer at http://localhost:8080: is it running?"))
    }

    @Test("A provider that does not know the demo is told with what to do")
    func unknownClient() async throws {
        let page = try await house.signIn {
            $0.tokenStatus = 401
            $0.tokens = ["error": "invalid_client", "error_description": "client authentication failed"]
        }
        #expect(page.status == 400 && page.text.contains("SIGHUP"))
    }

    @Test(
        "A discovery document of another issuer, or one that leads astray, is not followed",
        arguments: [
            ["issuer": "http://localhost:8080/"], ["token_endpoint": "http://evil.example/token"], ["jwks_uri": nil],
            ["authorization_endpoint": "javascript:alert(1)"], ["token_endpoint": 7],
        ] as [JSONObject])
    func badDiscovery(_ spoilt: JSONObject) async throws {
        let home = try await house.browser.get("/")
        house.provider.rewrite { script in
            for (name, value) in spoilt.members { script.discovery[name] = value.isNull ? JSONValue?.none : value }
        }
        let page = try await house.browser.post("/sign-in", "csrf=\(home.csrf)")
        #expect(page.status == 400 && page.location == nil)
    }
}

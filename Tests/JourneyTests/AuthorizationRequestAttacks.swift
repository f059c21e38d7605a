import Foundation
import Testing
import Web

@Suite("Authorization requests that are refused")
struct AuthorizationRequestAttacks {
    struct Case: Sendable, CustomTestStringConvertible {
        let changes: [String: String?]
        let error: String
        init(_ changes: [String: String?], _ error: String) { (self.changes, self.error) = (changes, error) }
        var testDescription: String { "\(changes.sorted { $0.key < $1.key }) \(error)".prefix(200).description }
    }

    static let refused: [Case] = [
        // AZ5
        Case(["response_type": nil], "invalid_request"), Case(["response_type": "token"], "unsupported_response_type"),
        Case(["response_type": "id_token"], "unsupported_response_type"),
        Case(["response_type": "code token"], "unsupported_response_type"),
        Case(["response_type": "code id_token"], "unsupported_response_type"),
        Case(["response_type": "none"], "unsupported_response_type"),
        Case(["response_type": "Code"], "unsupported_response_type"),
        Case(["response_type": "code code"], "unsupported_response_type"),
        // AZ7
        Case(["code_challenge": nil, "code_challenge_method": nil], "invalid_request"),
        Case(["code_challenge": ""], "invalid_request"), Case(["code_challenge": nil], "invalid_request"),
        Case(["code_challenge_method": nil], "invalid_request"),
        Case(["code_challenge_method": "plain"], "invalid_request"),
        Case(["code_challenge_method": "s256"], "invalid_request"),
        Case(["code_challenge_method": "S512"], "invalid_request"),
        Case(["code_challenge": TestApp.verifier + "A"], "invalid_request"),
        Case(["code_challenge": String(TestApp.challenge.dropLast())], "invalid_request"),
        Case(["code_challenge": TestApp.challenge + "="], "invalid_request"),
        Case(["code_challenge": TestApp.challenge.replacing("-", with: "+")], "invalid_request"),
        // AZ6
        Case(["scope": nil], "invalid_scope"), Case(["scope": " "], "invalid_scope"),
        Case(["scope": "openid admin"], "invalid_scope"), Case(["scope": "openid PROFILE"], "invalid_scope"),
        Case(["scope": "openid \"x\""], "invalid_scope"), Case(["scope": "openid,profile"], "invalid_scope"),
        Case(["response_mode": "fragment"], "invalid_request"),
        Case(["response_mode": "web_message"], "invalid_request"),
        Case(["response_mode": "query.jwt"], "invalid_request"),
        // AZ17
        Case(["request": "eyJhbGciOiJub25lIn0.e30."], "request_not_supported"),
        Case(["request_uri": "http://169.254.169.254/"], "request_uri_not_supported"),
        Case(["request_uri": "urn:ietf:params:oauth:request_uri:x"], "request_uri_not_supported"),
        Case(["registration": "{}"], "registration_not_supported"),
        // AZ18
        Case(["prompt": "none login"], "invalid_request"), Case(["prompt": "none consent"], "invalid_request"),
        Case(["prompt": "NONE"], "invalid_request"), Case(["prompt": "login,consent"], "invalid_request"),
        Case(["max_age": "-1"], "invalid_request"), Case(["max_age": "1.5"], "invalid_request"),
        Case(["max_age": "now"], "invalid_request"), Case(["max_age": "99999999999999999999"], "invalid_request"),
        Case(["max_age": "\u{FF11}"], "invalid_request"),
        // AZ19
        Case(["id_token_hint": "x"], "invalid_request"), Case(["id_token_hint": "a.b.c"], "invalid_request"),
        // AZ20
        Case(["acr_values": "urn:example:gold"], "unmet_authentication_requirements"),
        Case(
            ["claims": #"{"id_token":{"acr":{"essential":true,"value":"urn:example:gold"}}}"#],
            "unmet_authentication_requirements"),
        Case(
            ["claims": #"{"id_token":{"acr":{"essential":true,"values":["a","b"]}}}"#],
            "unmet_authentication_requirements"),
        Case(["claims": "x"], "invalid_request"), Case(["claims": "[]"], "invalid_request"),
        Case(["claims": #"{"id_token":[]}"#], "invalid_request"),
        Case(["claims": #"{"id_token":{},"id_token":{}}"#], "invalid_request"),
        Case(["claims": String(repeating: "[", count: 5000)], "invalid_request"),
        // TK15
        Case(["resource": "https://unregistered.example/"], "invalid_target"),
        Case(["resource": "https://other.example/#x"], "invalid_target"),
        Case(["resource": "https://other.example"], "invalid_target"), Case(["resource": "other"], "invalid_target"),
        // IN1
        Case(["nonce": String(repeating: "n", count: 513)], "invalid_request"),
        Case(["login_hint": String(repeating: "n", count: 513)], "invalid_request"),
    ]

    @Test(
        "A fault is told to the registered address alone, with state and issuer, and gives no code", arguments: refused)
    func toTheClient(_ fault: Case) async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        _ = await browser.signIn(await browser.get("/sign-in"), "ada@example.org")
        let page = await browser.get(TestApp.shop.request(fault.changes))
        #expect(page.status == 303 && page.location?.hasPrefix("https://shop.example/callback?error=") == true)
        #expect(page.answer["error"] == fault.error, "\(page.answer)")
        #expect(page.answer["state"] == "state-1" && page.answer["iss"] == TestHouse.origin)
        #expect(page.answer["code"] == nil && page.location?.contains("#") == false)
    }

    static let names = [
        "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method", "prompt", "x-unknown",
    ]

    @Test("A repeated parameter is refused on a page, also one nobody knows (AZ14)", arguments: names)
    func repeated(name: String) async throws {
        let house = try await TestHouse()
        let value =
            TestApp.shop.parameters(["prompt": "none", "x-unknown": "1"]).first { $0.name == name }?.value ?? ""
        let target = TestApp.shop.request(["prompt": "none", "x-unknown": "1"])
        for second in [value, "https://evil.example/"] {
            let page = await house.browser().get(target + "&\(name)=\(second)")
            #expect(page.status == 400 && page.location == nil, "\(name)")
        }
        #expect(await house.browser().get(target + "&\(name)=").answer["error"] == "login_required")
    }

    @Test("What is unknown is ignored, and an empty parameter is one left out (AZ14)")
    func ignored() async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(
            TestApp.shop.request(["prompt": "none", "x": "1", "max_age": "", "request": "", "state": ""]))
        #expect(page.answer["error"] == "login_required" && page.answer["state"] == nil)
    }

    @Test(
        "Escapes that cannot be read, NUL and a flood of parameters get a page (IN1, IN10)",
        arguments: ["&x=%", "&x=%4", "&x=%zz", "&x=%ff", "&x=%c0%80", "&state=%00", "&%00=x", "&x=%ed%a0%80"])
    func unreadable(suffix: String) async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(TestApp.shop.request(["state": nil]) + suffix)
        #expect(page.status == 400 && page.location == nil)
    }

    @Test("More parameters than anybody needs are refused (IN1)")
    func flood() async throws {
        let house = try await TestHouse()
        let target = TestApp.shop.request() + (0..<120).map { "&p\($0)=1" }.joined()
        #expect(await house.browser().get(target).status == 400)
    }

    @Test("State comes back byte for byte, in errors and with codes (AZ12)")
    func state() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = house.browser()
        let states = [
            "a+b c%20d&e=f;g#h", "\"<script>'", "e\u{301}\u{E9}", "\u{1F426}\u{200D}", "\r\nSet-Cookie: a=b", "%252F",
            String(repeating: "s", count: 4096),
        ]
        for state in states {
            let code = await house.answer(to: .app, in: browser, ["state": state])
            let error = await browser.get(TestApp.app.request(["state": state, "scope": "x"]))
            for page in [code, error] {
                #expect(Array((page.answer["state"] ?? "").utf8) == Array(state.utf8))
                #expect(page.location?.contains("\r") == false && page.location?.contains("\n") == false)
            }
            #expect(code.answer["code"] != nil)
        }
    }

    @Test("A client without the code grant, or without the scope, gets nothing by asking (AZ6)")
    func unlistedGrant() async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(TestApp.watch.request(["redirect_uri": nil]))
        #expect(page.status == 400 && page.location == nil)
        let mode = await house.browser().get(TestApp.bank.request(["response_mode": "form_post"]))
        #expect(mode.status == 303 || mode.status == 200)
        #expect(!mode.text.contains("name=\"code\"") && mode.answer["code"] == nil)
        let offline = await house.browser().get(TestApp.bank.request(["scope": "openid roles", "prompt": "none"]))
        #expect(offline.answer["error"] == "invalid_scope")
    }

    @Test("A request by POST goes round as a GET with 303, and is judged there (AZ13)")
    func byPost() async throws {
        let house = try await TestHouse()
        let page = await house.browser().send(.post, "/authorize", form: TestApp.shop.parameters(["prompt": "none"]))
        #expect(page.status == 303 && page.location == TestApp.shop.request(["prompt": "none"]))
        #expect(await house.browser().follow(page).answer["error"] == "login_required")
        let evil = await house.browser().send(
            .post, "/authorize", form: TestApp.shop.parameters(["redirect_uri": "https://evil.example/"]))
        #expect(evil.location?.hasPrefix("/authorize?") == true)
        #expect(await house.browser().follow(evil).status == 400)
    }
}

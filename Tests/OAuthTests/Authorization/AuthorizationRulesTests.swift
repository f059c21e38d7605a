import JOSE
import OAuth
import Testing

/// What the rules make of a request to one of the usual clients.
struct Judge {
    let registry: TestRegistry
    let rules: AuthorizationRules

    init(_ clients: [Client] = [.web, .spa, .native]) throws {
        registry = TestRegistry(clients)
        rules = AuthorizationRules(registry: registry, keys: try FixedKeys(), issuer: Provider.issuer)
    }

    func refusal(_ parameters: Parameters) async throws -> AuthorizationRequest.Refusal? {
        do {
            _ = try await rules.validate(parameters)
            return nil
        } catch let refusal as AuthorizationRequest.Refusal {
            return refusal
        }
    }

    /// The code returned to the client; `nil` when the request is good or the person is told.
    func returned(_ parameters: Parameters) async throws -> OAuthError.Code? {
        guard case .returnToClient(let error, _) = try await refusal(parameters) else { return nil }
        return error.code
    }

    func shown(_ parameters: Parameters) async throws -> AuthorizationRequest.Reason? {
        guard case .showToUser(_, let reason) = try await refusal(parameters) else { return nil }
        return reason
    }
}

@Suite("Authorization requests, client and return address: these faults are shown, never returned (AZ1, AZ3, AZ22)")
struct AuthorizationAddressTests {
    @Test(
        "AZ3: a client that is missing or unknown is told to the person",
        arguments: ["", "nobody", "WEB", "web ", "we\u{212A}", "web\u{301}"])
    func clients(_ id: String) async throws {
        let judge = try Judge()
        #expect(try await judge.shown(.authorization(.web, ["client_id": id])) == .unknownClient)
    }

    @Test(
        "AZ1, AZ3: an address that is not registered is told to the person",
        arguments: [
            "https://app.example/cb/", "https://app.example/CB", "https://APP.example/cb", "http://app.example/cb",
            "https://app.example/cb?x=1", "https://app.example/cb#", "https://app.example:443/cb",
            "https://app.example/cb/../cb", "https://user@app.example/cb", "https://spa.example/cb", "/cb",
            "https://app.example/cb https://app.example/cb", "javascript:alert(1)", "https://app.example\u{37E}/cb",
        ])
    func addresses(_ uri: String) async throws {
        let judge = try Judge()
        #expect(try await judge.shown(.authorization(.web, ["redirect_uri": uri])) == .redirectMismatch)
    }

    @Test("AZ3: these faults come before every other fault of the request")
    func precedence() async throws {
        let judge = try Judge()
        let spoiled: KeyValuePairs = [
            "redirect_uri": "https://evil.example", "response_type": "token", "scope": "everything", "prompt": "none",
            "request": "x", "code_challenge": "",
        ]
        #expect(try await judge.shown(.authorization(.web, spoiled)) == .redirectMismatch)
        #expect(try await judge.shown(.of(["redirect_uri": "https://app.example/cb"])) == .unknownClient)
    }

    @Test("AZ22: with one address registered the parameter may be left out; with two it may not")
    func omitted() async throws {
        let one = try await Judge().rules.validate(.authorization(.web, ["redirect_uri": ""]))
        #expect(one.returnAddress.uri == "https://app.example/cb")
        #expect(!one.returnAddress.wasSent)
        let two = Client.web.with { $0.redirectURIs.append("https://app.example/other") }
        #expect(try await Judge([two]).shown(.authorization(two, ["redirect_uri": ""])) == .redirectMissing)
        let none = Client.web.with { $0.redirectURIs = [] }
        #expect(try await Judge([none]).shown(.authorization(none)) == .redirectMissing)
    }

    @Test("AZ1: only the port of a loopback address may differ, and the rest of it byte for byte (RFC 8252 §7.3)")
    func loopback() async throws {
        let native = Client.native.with { $0.redirectURIs = ["http://127.0.0.1/K", "http://[::1]:1/cb"] }
        let judge = try Judge([native])
        for uri in ["http://127.0.0.1/K", "http://127.0.0.1:51004/K", "http://[::1]:51004/cb", "http://[::1]/cb"] {
            let request = try await judge.rules.validate(.authorization(native, ["redirect_uri": uri]))
            #expect(request.returnAddress.uri == uri)
        }
        for uri in [
            "http://localhost:51004/K", "http://127.0.0.1:51004/\u{212A}", "http://127.0.0.1:51004/k",
            "http://user@127.0.0.1:51004/K", "http://127.0.0.1:51004@evil.example/K", "http://127.0.0.1:0/K",
            "http://127.0.0.1:65536/K", "http://127.0.0.1:/K", "http://127.0.0.1.evil.example/K",
            "http://127.1:51004/K", "https://127.0.0.1:51004/K", "http://127.0.0.1:51004/K?x",
            "http://127.0.0.1:80\u{661}/K",
        ] {
            #expect(try await judge.shown(.authorization(native, ["redirect_uri": uri])) == .redirectMismatch, "\(uri)")
        }
    }

    @Test("What can be returned is returned in a way the client is registered for")
    func mode() async throws {
        let formOnly = Client.web.with { $0.responseModes = [.formPost] }
        let cases: [(String, ResponseMode)] = [
            ("query", .formPost), ("form_post", .formPost), ("fragment", .formPost), ("", .formPost),
        ]
        for (asked, used) in cases {
            let refusal = try await Judge([formOnly]).refusal(
                .authorization(formOnly, ["response_mode": asked, "response_type": "token"]))
            guard case .returnToClient(_, let address) = refusal else { throw Missing("an address") }
            #expect(address.mode == used, "\(asked)")
        }
    }
}

@Suite("Authorization requests, everything else: told to the client, in order (AZ5-AZ7, AZ17-AZ20, AZ23)")
struct AuthorizationRulesTests {
    @Test("A good request is taken over as it stands")
    func good() async throws {
        let request = try await Judge().rules.validate(
            .authorization(
                .web,
                [
                    "scope": "openid offline_access", "resource": "https://orders.example", "max_age": "60",
                    "prompt": "login consent", "login_hint": "ann@example.org", "response_mode": "form_post",
                    "unknown": "ignored",
                ]))
        #expect(request.client.id == "web")
        #expect(request.scopes == ["openid", "offline_access"])
        #expect(request.resources == ["https://orders.example"])
        #expect(request.proofKey?.challenge == PublishedProofKey.challenge)
        #expect(request.nonce == "n-0S6")
        #expect(request.loginHint == "ann@example.org")
        #expect(request.returnAddress.mode == .formPost)
        #expect(request.returnAddress.state == "xyz")
        #expect(request.demands == Demands(prompts: [.login, .consent], maximumAge: 60, levels: [], subject: nil))
    }

    /// What is changed in a good request, and the code it is refused with.
    struct Fault: Sendable {
        let changes: KeyValuePairs<String, String>
        let code: OAuthError.Code

        init(_ code: OAuthError.Code, _ changes: KeyValuePairs<String, String>) {
            self.changes = changes
            self.code = code
        }
    }

    static let faults: [Fault] = [
        Fault(.requestNotSupported, ["request": "eyJ"]),
        Fault(.registrationNotSupported, ["registration": "{}"]),
        Fault(.requestURINotSupported, ["request_uri": "https://evil.example/r"]),
        Fault(.requestURINotSupported, ["request_uri": "urn:ietf:params:oauth:request_uri:x"]),
        Fault(.invalidRequest, ["response_type": ""]),
        Fault(.unsupportedResponseType, ["response_type": "token"]),
        Fault(.unsupportedResponseType, ["response_type": "id_token"]),
        Fault(.unsupportedResponseType, ["response_type": "code id_token"]),
        Fault(.unsupportedResponseType, ["response_type": "code token"]),
        Fault(.unsupportedResponseType, ["response_type": "none"]),
        Fault(.unsupportedResponseType, ["response_type": "CODE"]),
        Fault(.unsupportedResponseType, ["response_type": "code "]),
        Fault(.invalidRequest, ["response_mode": "fragment"]),
        Fault(.invalidRequest, ["response_mode": "jwt"]),
        Fault(.invalidScope, ["scope": ""]),
        Fault(.invalidScope, ["scope": " "]),
        Fault(.invalidScope, ["scope": "openid admin"]),
        Fault(.invalidScope, ["scope": "OPENID"]),
        Fault(.invalidScope, ["scope": "openid\u{0301}"]),
        Fault(.invalidRequest, ["code_challenge": ""]),
        Fault(.invalidRequest, ["code_challenge_method": ""]),
        Fault(.invalidRequest, ["code_challenge_method": "plain"]),
        Fault(.invalidRequest, ["code_challenge": "short"]),
        Fault(.invalidRequest, ["prompt": "none login"]),
        Fault(.invalidRequest, ["prompt": "dance"]),
        Fault(.invalidRequest, ["prompt": "None"]),
        Fault(.invalidRequest, ["max_age": "-1"]),
        Fault(.invalidRequest, ["max_age": "1.5"]),
        Fault(.invalidRequest, ["max_age": "+1"]),
        Fault(.invalidRequest, ["max_age": "٣"]),
        Fault(.invalidRequest, ["max_age": "99999999999"]),
        Fault(.invalidRequest, ["max_age": "0x1"]),
        Fault(.invalidRequest, ["max_age": " 1"]),
        Fault(.invalidRequest, ["claims": "[]"]),
        Fault(.invalidRequest, ["claims": "{"]),
        Fault(.unmetAuthenticationRequirements, ["acr_values": "urn:other"]),
        Fault(
            .unmetAuthenticationRequirements,
            ["claims": #"{"id_token":{"acr":{"essential":true,"value":"urn:other"}}}"#]),
        Fault(.invalidRequest, ["id_token_hint": "x"]),
        Fault(.invalidTarget, ["resource": "https://other.example"]),
        Fault(.invalidTarget, ["resource": "https://orders.example#"]),
        Fault(.invalidTarget, ["resource": "orders"]),
        Fault(.invalidTarget, ["resource": "https://orders.example/"]),
    ]

    @Test("Each fault has its code", arguments: faults)
    func refused(_ fault: Fault) async throws {
        #expect(try await Judge().returned(.authorization(.web, fault.changes)) == fault.code)
    }

    @Test(
        "What is longer than anybody needs is refused; what just fits is not",
        arguments: [("state", 4096), ("nonce", 512), ("login_hint", 512), ("ui_locales", 512), ("display", 64)])
    func lengths(_ name: String, _ limit: Int) async throws {
        let judge = try Judge()
        for (length, code) in [(limit, nil), (limit + 1, OAuthError.Code.invalidRequest)] {
            let parameters = try Parameters.authorization(.web, [name: String(repeating: "a", count: length)])
            #expect(try await judge.returned(parameters) == code)
        }
    }

    @Test("Of several faults the first of the list is told")
    func order() async throws {
        let judge = try Judge()
        let all: [(KeyValuePairs<String, String>, OAuthError.Code)] = [
            (["request": "x", "response_type": "token", "scope": "no", "resource": "no"], .requestNotSupported),
            (["response_type": "token", "scope": "no", "resource": "no"], .unsupportedResponseType),
            (["scope": "no", "resource": "no", "claims": "["], .invalidScope),
            (["resource": "no", "claims": "["], .invalidTarget),
            (["claims": "[", "acr_values": "no"], .invalidRequest),
        ]
        for (changes, code) in all { #expect(try await judge.returned(.authorization(.web, changes)) == code) }
    }

    @Test("AZ5, AZ6: a client not registered for the code grant, or for the mode, is refused")
    func unregistered() async throws {
        let machine = Client.web.with { $0.grantTypes = [.clientCredentials] }
        #expect(try await Judge([machine]).returned(.authorization(machine)) == .unauthorizedClient)
        let queryOnly = Client.web.with { $0.responseModes = [.query] }
        let posted = try Parameters.authorization(queryOnly, ["response_mode": "form_post"])
        #expect(try await Judge([queryOnly]).returned(posted) == .invalidRequest)
    }

    @Test("AZ6: leaving response_mode out asks for query, which a client may not be registered for")
    func defaultMode() async throws {
        let formOnly = Client.web.with { $0.responseModes = [.formPost] }
        let judge = try Judge([formOnly])
        #expect(try await judge.returned(.authorization(formOnly)) == .invalidRequest)
        #expect(try await judge.refusal(.authorization(formOnly, ["response_mode": "form_post"])) == nil)
    }
}

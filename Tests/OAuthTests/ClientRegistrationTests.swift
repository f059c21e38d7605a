import Cryptography
import JOSE
import JSON
import OAuth
import Testing

@Suite("Client registration: RFC 7591 §2 (AZ2, AZ5, AZ6, TK2, TK15, CF7)")
struct ClientRegistrationTests {
    private static let hash = String(repeating: "0a", count: 32)
    private static let secret: JSONValue = [["sha256": .string(hash), "created": "2026-11-05"]]
    private static let key: JSONValue = [
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "one",
    ]
    private static let minimal: JSONObject = [
        "client_id": "wiki", "redirect_uris": ["https://wiki.example/cb"], "martlet_secret_hashes": secret,
    ]

    private func read(
        _ changes: JSONObject, to base: JSONObject = minimal, algorithms: [SignatureAlgorithm] = [.rs256, .es256]
    ) -> (client: Client?, faults: [RegistrationFault]) {
        var object = base
        for (name, value) in changes.members { object[name] = value.isNull ? JSONValue?.none : value }
        let scopes: ScopeSet = ["openid", "profile", "email", "roles", "offline_access", "calendar"]
        return ClientRegistration.read(.object(object), knownScopes: scopes, algorithms: algorithms)
    }

    @Test("What is left out has the default of the standards (RFC 7591 §2)")
    func defaults() throws {
        let client = try #require(read([:]).client)
        #expect(client.id == "wiki" && client.name == "wiki")
        #expect(client.grantTypes == [.authorizationCode])
        #expect(client.authenticationMethod == .clientSecretBasic)
        #expect(client.responseModes == ResponseMode.allCases)
        #expect(client.scopes == ["openid", "profile", "email"])
        #expect(client.idTokenAlgorithm == .rs256)
        #expect(client.policy == ClientPolicy())
        #expect(client.secretDigests == [TokenDigest(bytes: [UInt8](repeating: 0x0A, count: 32))])
    }

    @Test("Every member arrives in its place")
    func everything() throws {
        let (client, faults) = read([
            "client_name": "Wiki", "client_uri": "https://wiki.example", "logo_uri": "https://wiki.example/logo.png",
            "contacts": ["ops@example.com"], "tos_uri": "https://wiki.example/tos",
            "policy_uri": "https://wiki.example/p",
            "post_logout_redirect_uris": ["https://wiki.example/bye"], "response_types": ["code"],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "response_modes": ["query"],
            "scope": "openid offline_access calendar", "token_endpoint_auth_method": "client_secret_post",
            "application_type": "web", "subject_type": "public", "id_token_signed_response_alg": "ES256",
            "default_max_age": 3600, "default_acr_values": ["urn:martlet:acr:2", "urn:martlet:acr:1"],
            "require_auth_time": true, "software_id": "w", "software_version": "1",
            "martlet_skips_consent": true, "martlet_required_roles": ["staff"], "martlet_sign_in_methods": ["password"],
            "martlet_web_origins": ["https://wiki.example", "http://localhost:3000", "http://[::1]:3000"],
            "martlet_resources": ["https://api.example"], "martlet_audience": ["urn:example:wiki"],
            "martlet_introspects_all": true, "martlet_access_token_format": "opaque",
            "martlet_access_token_lifetime": 900, "martlet_rotates_refresh_tokens": true, "martlet_may_omit_pkce": true,
            "martlet_claims_in_id_token": true, "martlet_refresh_grace": 10,
        ])
        #expect(faults == [])
        let read = try #require(client)
        #expect(
            read.name == "Wiki" && read.uri == "https://wiki.example" && read.logoURI == "https://wiki.example/logo.png"
        )
        #expect(
            read.redirectURIs == ["https://wiki.example/cb"]
                && read.postLogoutRedirectURIs == ["https://wiki.example/bye"])
        #expect(read.grantTypes == GrantType.allCases && read.responseModes == [.query])
        #expect(read.scopes == ["openid", "offline_access", "calendar"] && read.idTokenAlgorithm == .es256)
        #expect(read.authenticationMethod == .clientSecretPost)
        var policy = ClientPolicy()
        policy.skipsConsent = true
        policy.requiredRoles = ["staff"]
        policy.signInMethods = ["password"]
        policy.webOrigins = ["https://wiki.example", "http://localhost:3000", "http://[::1]:3000"]
        policy.resources = ["https://api.example"]
        policy.audience = ["urn:example:wiki"]
        policy.introspectsAll = true
        policy.accessTokenFormat = .opaque
        policy.accessTokenLifetime = 900
        policy.rotatesRefreshTokens = true
        policy.refreshGrace = 10
        policy.mayOmitPKCE = true
        policy.defaultMaxAge = 3600
        policy.defaultLevels = [AuthenticationLevel.double, AuthenticationLevel.single]
        policy.claimsInIDToken = true
        #expect(read.policy == policy)
    }

    @Test("A public client, a key client and a machine are well formed without what they do not need")
    func otherKinds() {
        #expect(read(["token_endpoint_auth_method": "none", "martlet_secret_hashes": nil]).faults == [])
        let keys: JSONValue = ["keys": [Self.key]]
        let signed = read(["token_endpoint_auth_method": "private_key_jwt", "jwks": keys, "martlet_secret_hashes": nil])
        #expect(signed.client?.keys.first?.keyID == "one")
        let machine = read(["grant_types": ["client_credentials"], "response_types": [], "redirect_uris": nil])
        #expect(machine.client?.scopes == [])
    }

    @Test("TK2: two secrets live side by side during rotation, in hexadecimal or base64url")
    func twoSecrets() {
        let other = Base64URL.encode([UInt8](repeating: 7, count: 32))
        let secrets: JSONValue = [
            ["sha256": .string(Self.hash)],
            ["sha256": .string(other), "created": "2026-11-05T09:30:00Z"],
        ]
        #expect(read(["martlet_secret_hashes": secrets]).client?.secretDigests.count == 2)
    }

    @Test("All faults are told at once")
    func allAtOnce() {
        let (client, faults) = read([
            "client_id": "a b", "redirect_uri": "x", "scope": "openid emial", "default_max_age": "soon",
            "redirect_uris": ["http://wiki.example/cb", "https://wiki.example/#x"],
        ])
        #expect(client == nil)
        #expect(faults.count == 6)
        #expect(Set(faults.compactMap(\.suggestion)) == ["redirect_uris", "email"])
        #expect(faults.contains { $0.path == ["redirect_uris", 1] })
    }

    @Test("What is not an object is no registration", arguments: ["x", 1, [], nil, true] as [JSONValue])
    func notAnObject(_ value: JSONValue) {
        #expect(ClientRegistration.read(value, knownScopes: [], algorithms: []).faults.count == 1)
    }

    @Test(
        "CF7: an unknown name is refused, and the nearest known one suggested",
        arguments: [
            ("redirect_uri", "redirect_uris"), ("Redirect_URIs", "redirect_uris"), ("scopes", "scope"),
            ("skips_consent", "martlet_skips_consent"), ("martlet_webb_origins", "martlet_web_origins"),
            ("clientname", "client_name"), ("token_endpoint_auth_methods", "token_endpoint_auth_method"),
            ("zzzzzzzzzzzz", nil), ("", nil),
        ] as [(String, String?)])
    func unknownName(_ name: String, _ suggestion: String?) {
        let faults = read(JSONObject([(key: name, value: "x")])).faults
        #expect(faults.map(\.suggestion) == [suggestion])
        #expect(faults.map(\.path) == [[.key(name)]])
    }

    @Test(
        "CF7: a name that does nothing here is refused with what to do instead",
        arguments: [
            ("jwks_uri", "inline"), ("client_secret", "never kept in clear"),
            ("backchannel_logout_uri", "not supported"),
            ("client_name#de", "client_name"), ("request_uris", "not supported"),
            ("registration_access_token", "leave it out"),
        ])
    func refusedName(_ name: String, _ advice: String) {
        let faults = read(JSONObject([(key: name, value: "hunter2")])).faults
        #expect(faults.count == 1)
        #expect(faults.allSatisfy { $0.message.contains(advice) && !$0.message.contains("hunter2") })
    }

    @Test(
        "One wrong value is one fault, and stands at its member",
        arguments: [
            ("client_id", ""), ("client_id", "wiki two"), ("client_id", "wikï"), ("client_id", 7),
            ("client_id", "a\nb"),
            ("client_id", .string(String(repeating: "a", count: 101))),
            ("client_name", ""), ("client_name", "a\u{202E}b"), ("client_name", "a\u{0}b"), ("client_name", ["x"]),
            ("client_uri", "http://wiki.example"), ("logo_uri", "javascript:alert(1)"),
            ("logo_uri", "data:image/png,x"),
            ("policy_uri", "com.example:/x"), ("contacts", "ops@example.com"), ("contacts", [""]),
            ("redirect_uris", "https://wiki.example/cb"), ("redirect_uris", [3]), ("redirect_uris", []),
            ("redirect_uris", ["https://a.example", "https://a.example"]), ("redirect_uris", ["myapp:/cb"]),
            ("post_logout_redirect_uris", ["https://wiki.example/*"]),
            ("grant_types", []), ("grant_types", ["authorisation_code"]), ("grant_types", ["implicit"]),
            ("grant_types", ["password"]), ("grant_types", "authorization_code"), ("grant_types", ["refresh_token"]),
            ("response_types", ["token"]), ("response_types", ["code id_token"]), ("response_types", []),
            ("response_modes", ["fragment"]), ("response_modes", []),
            ("scope", ["openid"]), ("scope", "openid \"x\""), ("scope", "openid Email"),
            ("scope", "openid offline_access"),
            ("token_endpoint_auth_method", "client_secret_jwt"), ("token_endpoint_auth_method", "private_key_jwt "),
            ("token_endpoint_auth_signing_alg", "HS256"), ("subject_type", "pairwise"),
            ("application_type", "desktop"), ("id_token_signed_response_alg", "none"),
            ("id_token_signed_response_alg", "HS256"),
            ("id_token_signed_response_alg", "EdDSA"), ("id_token_signed_response_alg", "rs256"),
            ("default_acr_values", []), ("default_acr_values", "urn:martlet:acr:2"),
            ("default_acr_values", ["urn:a urn:b"]), ("default_acr_values", ["urn:a", "urn:a"]),
            ("default_acr_values", [1]),
            ("default_max_age", -1), ("default_max_age", 1.5), ("require_auth_time", "true"),
            ("martlet_skips_consent", "true"), ("martlet_skips_consent", 1), ("martlet_required_roles", []),
            ("martlet_sign_in_methods", ["password", ""]), ("martlet_access_token_lifetime", 901),
            ("martlet_access_token_lifetime", 0), ("martlet_access_token_format", "JWT"),
            ("martlet_resources", ["api"]), ("martlet_resources", ["https://api.example/#x"]),
            ("martlet_audience", ["/api"]),
            ("martlet_may_omit_pkce", "no"),
        ] as [(String, JSONValue)])
    func wrongValue(_ name: String, _ value: JSONValue) {
        let (client, faults) = read(JSONObject([(key: name, value: value)]))
        #expect(client == nil)
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.allSatisfy { $0.path.first == .key(name) }, "\(faults)")
    }

    @Test(
        "A web origin is exact, or it would never match; the exact spelling is suggested",
        arguments: [
            ("https://wiki.example/", "https://wiki.example"), ("https://Wiki.example", "https://wiki.example"),
            ("https://wiki.example:443", "https://wiki.example"), ("http://localhost:80", "http://localhost"),
            ("https://wiki.example/app?x", "https://wiki.example"), ("https://u@wiki.example", "https://wiki.example"),
            ("http://wiki.example", nil), ("*", nil), ("null", nil), ("https://*.example", nil), ("wiki.example", nil),
            ("https://wiki.example:99999", nil),
        ] as [(String, String?)])
    func webOrigin(_ origin: String, _ suggestion: String?) {
        let faults = read(["martlet_web_origins": [.string(origin)]]).faults
        #expect(faults.map(\.path) == [["martlet_web_origins", 0]])
        #expect(faults.map(\.suggestion) == [suggestion])
    }

    @Test(
        "TK2: a secret is a digest, given well; there are two at most",
        arguments: [
            [], [["sha256": "hunter2"]], [["created": "2026-11-05"]], ["hunter2"], [["sha256": 7]],
            [["sha256": .string(hash), "created": "yesterday"]], [["sha256": .string(hash), "created": "2026-13-45"]],
            [["sha256": .string(hash), "label": 1]], [["sha256": .string(hash), "lable": "x"]],
            [["sha256": .string(hash)], ["sha256": .string(hash.uppercased())]],
            [["sha256": .string(hash)], ["sha256": .string(hash + "00")]], "hunter2",
            [
                ["sha256": .string(hash)], ["sha256": .string("1" + hash.dropFirst())],
                ["sha256": .string("2" + hash.dropFirst())],
            ],
        ] as [JSONValue])
    func badSecrets(_ value: JSONValue) {
        let faults = read(["martlet_secret_hashes": value]).faults
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.allSatisfy { !$0.description.contains("hunter2") })
    }

    @Test(
        "Keys are given inline, public, and of a kind that can be used",
        arguments: [
            [:], ["keys": []], ["keys": [["kty": "oct", "k": "c2VjcmV0"]]], ["keys": [["kty": "EC", "crv": "P-521"]]],
            ["keys": [["kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"]]],
            ["keys": [["kty": "RSA", "n": "AQAB", "e": "AQAB"]]],
            ["keys": [key, 7]], "https://wiki.example/jwks.json",
        ] as [JSONValue])
    func badKeys(_ jwks: JSONValue) {
        let changes: JSONObject = [
            "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks,
            "martlet_secret_hashes": nil,
        ]
        let faults = read(changes).faults
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.first?.path.first == "jwks")
    }

    @Test(
        "Members that do not fit together are refused (TK1, TK18, D3, D4)",
        arguments: [
            ["martlet_secret_hashes": nil],
            ["martlet_secret_hashes": nil, "token_endpoint_auth_method": "client_secret_post"],
            ["jwks": ["keys": [key]]], ["token_endpoint_auth_method": "none"],
            ["token_endpoint_auth_method": "private_key_jwt", "martlet_secret_hashes": nil],
            ["token_endpoint_auth_method": "private_key_jwt", "jwks": ["keys": [key]]],
            ["token_endpoint_auth_method": "none", "martlet_secret_hashes": nil, "jwks": ["keys": [key]]],
            ["token_endpoint_auth_method": "none", "martlet_secret_hashes": nil, "martlet_may_omit_pkce": true],
            ["token_endpoint_auth_method": "none", "martlet_secret_hashes": nil, "martlet_introspects_all": true],
            [
                "token_endpoint_auth_method": "none", "martlet_secret_hashes": nil,
                "martlet_rotates_refresh_tokens": false,
            ],
            [
                "token_endpoint_auth_method": "none", "martlet_secret_hashes": nil,
                "grant_types": ["authorization_code", "client_credentials"],
            ],
            ["martlet_refresh_grace": 10], ["martlet_refresh_grace": 10, "martlet_rotates_refresh_tokens": true],
            ["redirect_uris": nil], ["client_id": nil],
            ["application_type": "web", "redirect_uris": ["com.example.app:/cb"]],
            ["grant_types": ["authorization_code", "refresh_token"]],
            ["grant_types": ["authorization_code", "refresh_token"], "scope": "openid"],
        ] as [JSONObject])
    func inconsistent(_ changes: JSONObject) {
        let faults = read(changes).faults
        #expect(faults.count == 1, "\(faults)")
    }

    @Test("A default that no key here can keep is told")
    func missingAlgorithm() {
        #expect(read([:], algorithms: [.es256]).faults.count == 1)
        #expect(read(["id_token_signed_response_alg": "ES256"], algorithms: [.es256]).faults == [])
        #expect(read(["scope": "calendar"], algorithms: [.es256]).faults == [])
    }

    @Test("A fault reads as a sentence with what was probably meant")
    func description() {
        let fault = read(["redirect_uri": "x"]).faults.first
        #expect(fault?.description == "\"redirect_uri\" is not a known name (did you mean redirect_uris?)")
    }

    @Test("A fault stays short, however many marks a stranger heaps on one letter (IN10)")
    func heapedMarks() {
        let name = "a" + String(repeating: "\u{301}", count: 5000)
        for faults in [read([name: 1]).faults, read(["scope": .string(name)]).faults] {
            #expect(!faults.isEmpty && faults.allSatisfy { $0.description.utf8.count < 800 })
        }
    }
}

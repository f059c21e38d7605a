import Cryptography
import JOSE
import JSON
import OAuth
import Testing

@Suite("The metadata document: OpenID Connect Discovery §3, RFC 8414 §2 (JW9, JW12, AZ5, AZ7, AZ12)")
struct DiscoveryTests {
    private func document(
        _ provider: Provider, _ algorithms: [SignatureAlgorithm] = SignatureAlgorithm.allCases,
        offersSignUp: Bool = true
    ) throws -> JSONObject {
        try JSONObject(
            Discovery(
                issuer: Provider.issuer, grants: provider.grants, keys: FixedKeys(algorithms),
                scopes: ["openid", "email"], offersSignUp: offersSignUp
            ).document)
    }

    private func list(_ name: String, _ document: JSONObject) throws -> [String] {
        try #require(document[name]?.stringsValue, "\(name) is missing")
    }

    @Test("JW9: every address stands below the issuer of the settings")
    func addresses() async throws {
        let document = try await document(Provider())
        #expect(document["issuer"] == .string(Provider.issuer))
        for (name, path) in [
            ("authorization_endpoint", "/authorize"), ("token_endpoint", "/token"), ("userinfo_endpoint", "/userinfo"),
            ("jwks_uri", "/jwks.json"), ("introspection_endpoint", "/introspect"), ("revocation_endpoint", "/revoke"),
            ("end_session_endpoint", "/logout"),
        ] { #expect(document[name] == .string(Provider.issuer + path)) }
        let endpoints = document.keys.filter { $0.hasSuffix("_endpoint") || $0.hasSuffix("_uri") }
        #expect(endpoints.count == 7)
    }

    @Test("AZ5, AZ7, AZ12: code only, S256 only, iss always, no request objects")
    func promises() async throws {
        let document = try await document(Provider())
        #expect(document["response_types_supported"] == ["code"])
        #expect(document["response_modes_supported"] == ["query", "form_post"])
        #expect(document["code_challenge_methods_supported"] == ["S256"])
        #expect(document["subject_types_supported"] == ["public"])
        #expect(document["authorization_response_iss_parameter_supported"] == true)
        #expect(document["request_parameter_supported"] == false)
        #expect(document["request_uri_parameter_supported"] == false)
        #expect(document["claims_parameter_supported"] == true)
        #expect(document["scopes_supported"] == ["openid", "email"])
        for name in [
            "registration_endpoint", "pushed_authorization_request_endpoint", "dpop_signing_alg_values_supported",
        ] {
            #expect(document[name] == nil)
        }
    }

    @Test("JW12: the grants listed are those plugged in, and each of them is spoken")
    func grants() async throws {
        let provider = try await Provider()
        let types = try list("grant_types_supported", document(provider))
        #expect(types == ["authorization_code", "refresh_token", "client_credentials"])
        for type in types {
            do {
                _ = try await provider.answer(.of(["grant_type": type]), from: .web)
            } catch let error as OAuthError {
                #expect(error.code != .unsupportedGrantType)
            }
        }
        let fewer = Discovery(
            issuer: Provider.issuer, grants: Array(provider.grants.prefix(1)), keys: provider.keys, scopes: [],
            offersSignUp: false)
        #expect(try list("grant_types_supported", JSONObject(fewer.document)) == ["authorization_code"])
    }

    @Test("JW12: the algorithms listed are those there is a key for")
    func algorithms() async throws {
        let provider = try await Provider()
        #expect(
            try list("id_token_signing_alg_values_supported", document(provider)) == [
                "RS256", "PS256", "ES256", "EdDSA",
            ])
        let two = try document(provider, [.rs256, .es256])
        #expect(try list("id_token_signing_alg_values_supported", two) == ["RS256", "ES256"])
        for place in ["token", "introspection", "revocation"] {
            let names = try list("\(place)_endpoint_auth_signing_alg_values_supported", two)
            #expect(names == ClientAuthenticationMethod.assertionAlgorithms.map(\.rawValue))
            #expect(!names.contains("none") && !names.contains { $0.hasPrefix("HS") })
        }
    }

    @Test("JW12, TK1: the ways of authentication listed are those taken at each place")
    func authentication() async throws {
        let document = try await document(Provider())
        let all = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
        #expect(try list("token_endpoint_auth_methods_supported", document) == all)
        #expect(try list("revocation_endpoint_auth_methods_supported", document) == all)
        #expect(try list("introspection_endpoint_auth_methods_supported", document) == Array(all.prefix(3)))
    }

    @Test("JW12: every prompt, mode and level listed is understood by the rules")
    func understood() async throws {
        let document = try await document(Provider())
        let judge = try Judge()
        for (name, parameter) in [
            ("prompt_values_supported", "prompt"), ("response_modes_supported", "response_mode"),
            ("acr_values_supported", "acr_values"),
        ] {
            for value in try list(name, document) {
                #expect(try await judge.refusal(.authorization(.web, [parameter: value])) == nil, "\(value)")
            }
        }
    }

    @Test("JW12: the levels listed are the configured ones, in rising order")
    func levels() throws {
        let document = try JSONObject(
            Discovery(
                issuer: Provider.issuer, grants: [], keys: FixedKeys(), scopes: [], offersSignUp: false,
                levels: DefaultLevelTests.metals
            ).document)
        #expect(try list("acr_values_supported", document) == ["urn:example:bronze", "urn:example:gold"])
    }

    @Test("JW12: every claim that a token or userinfo shows is listed")
    func claims() async throws {
        let telling = Client.web.with { $0.policy.claimsInIDToken = true }
        let provider = try await Provider([telling])
        let listed = try list("claims_supported", document(provider))
        #expect(Set(listed).count == listed.count)
        let tokens = try await provider.tokens(for: telling, ["scope": "openid profile email roles"])
        let shown = try await JSONObject(
            provider.userInfo.answer(bearer: tokens.text("access_token"), at: Provider.noon))
        #expect(try Set(tokens.claims("id_token").keys + shown.keys).isSubset(of: listed))
    }
}

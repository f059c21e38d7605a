import JOSE
import OAuth
import Testing

@Suite("Authorization requests: proof keys, hints, levels and offline access (AZ7, AZ19, AZ20, AZ23)")
struct AuthorizationDemandTests {
    private func hint(
        _ subject: String = "ann", issuer: String = Provider.issuer, type: TokenType = .idToken
    ) throws -> String {
        let claims = #"{"iss":"\#(issuer)","sub":"\#(subject)","aud":"other","exp":1,"sid":"s"}"#
        let key = try #require(FixedKeys().keyRing.signingKey(.es256))
        return try JWT.signed(claims: Array(claims.utf8), type: type, by: key)
    }

    @Test(
        "AZ7, D4: only a confidential client so registered may go without PKCE, and only with a nonce that is checked")
    func withoutPKCE() async throws {
        let bare: KeyValuePairs = ["code_challenge": "", "code_challenge_method": ""]
        let lenient = Client.web.with { $0.policy.mayOmitPKCE = true }
        #expect(try await Judge([lenient]).rules.validate(.authorization(lenient, bare)).proofKey == nil)
        #expect(try await Judge().returned(.authorization(.web, bare)) == .invalidRequest)
        let open = Client.spa.with { $0.policy.mayOmitPKCE = true }
        #expect(try await Judge([open]).returned(.authorization(open, bare)) == .invalidRequest)
        let anonymous: KeyValuePairs = ["code_challenge": "", "code_challenge_method": "", "nonce": ""]
        #expect(try await Judge([lenient]).returned(.authorization(lenient, anonymous)) == .invalidRequest)
    }

    @Test("AZ7: without openid there is no ID token to check a nonce in, so PKCE cannot be left out")
    func nonceWithoutIDToken() async throws {
        let lenient = Client.web.with { $0.policy.mayOmitPKCE = true }
        let parameters = try Parameters.authorization(
            lenient, ["code_challenge": "", "code_challenge_method": "", "scope": "orders"])
        #expect(try await Judge([lenient]).returned(parameters) == .invalidRequest)
    }

    @Test("AZ19: a hint tells who is meant, even one that has expired or was made for another client")
    func hints() async throws {
        let request = try await Judge().rules.validate(.authorization(.web, ["id_token_hint": hint()]))
        #expect(request.demands.subject == "ann")
    }

    @Test("AZ19, TK16: a hint that is not an ID token of ours is refused")
    func foreignHints() async throws {
        let judge = try Judge()
        let spoiled = try [
            hint(issuer: "https://evil.example"), hint(issuer: Provider.issuer + "/"), hint(type: .accessToken),
            hint(type: .logoutToken), String(hint().dropLast(2)), hint() + "A", "a.b.c",
        ]
        for text in spoiled {
            #expect(try await judge.returned(.authorization(.web, ["id_token_hint": text])) == .invalidRequest)
        }
        let unsigned = try hint().split(separator: ".")[1]
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.\(unsigned)."
        #expect(try await judge.returned(.authorization(.web, ["id_token_hint": none])) == .invalidRequest)
    }

    @Test("JW3: an issuer that only looks like ours is not ours")
    func lookAlikeIssuer() throws {
        let keys = try FixedKeys()
        let text = try hint(issuer: "https://login.example.org/\u{212A}")
        #expect(IDTokenHint(text, keys: keys.keyRing, issuer: "https://login.example.org/K") == nil)
        #expect(IDTokenHint(text, keys: keys.keyRing, issuer: "https://login.example.org/\u{212A}") != nil)
    }

    @Test("AZ19: hint and claims that mean two people are refused; that mean one, taken")
    func twoPeople() async throws {
        let judge = try Judge()
        for (subject, code) in [("ann", nil), ("ben", OAuthError.Code.invalidRequest)] {
            for place in ["id_token", "userinfo"] {
                let claims = #"{"\#(place)":{"sub":{"value":"\#(subject)"}}}"#
                let parameters = try Parameters.authorization(.web, ["id_token_hint": hint(), "claims": claims])
                #expect(try await judge.returned(parameters) == code)
            }
        }
    }

    @Test("AZ20: one reachable level among those asked for is enough; an essential claim outranks acr_values")
    func levels() async throws {
        let judge = try Judge()
        let reachable = AuthenticationLevel.single
        let request = try await judge.rules.validate(
            .authorization(.web, ["acr_values": "urn:other \(reachable)"]))
        #expect(request.demands.levels == ["urn:other", reachable])
        let essential = #"{"id_token":{"acr":{"essential":true,"value":"urn:other"}}}"#
        let parameters = try Parameters.authorization(.web, ["acr_values": reachable, "claims": essential])
        #expect(try await judge.returned(parameters) == .unmetAuthenticationRequirements)
        let voluntary = #"{"id_token":{"acr":{"value":"urn:other"}}}"#
        #expect(try await judge.refusal(.authorization(.web, ["claims": voluntary])) == nil)
    }

    @Test("AZ23: offline_access is passed over for a client that cannot use a refresh token, and for no other")
    func offline() async throws {
        let parameters = try Parameters.authorization(.web, ["scope": "openid offline_access"])
        let short = Client.web.with { $0.grantTypes = [.authorizationCode] }
        #expect(try await Judge([short]).rules.validate(parameters).scopes == ["openid"])
        let unregistered = Client.web.with { $0.scopes = ["openid"] }
        #expect(try await Judge([unregistered]).returned(parameters) == .invalidScope)
        let alone = try Parameters.authorization(.web, ["scope": "offline_access"])
        #expect(try await Judge([short]).returned(alone) == .invalidScope)
    }

    @Test("AZ18: max_age of the request outranks the registered one")
    func maximumAge() async throws {
        let strict = Client.web.with { $0.policy.defaultMaxAge = 60 }
        let judge = try Judge([strict])
        let ages: [(String, Int64)] = [("", 60), ("0", 0), ("600", 600), ("9999999999", 9_999_999_999)]
        for (sent, age) in ages {
            let request = try await judge.rules.validate(.authorization(strict, ["max_age": sent]))
            #expect(request.demands.maximumAge == age)
        }
    }

    @Test("Every prompt that discovery publishes is understood", arguments: Demands.Prompt.allCases)
    func prompts(_ prompt: Demands.Prompt) async throws {
        let request = try await Judge().rules.validate(.authorization(.web, ["prompt": prompt.rawValue]))
        #expect(request.demands.prompts == [prompt])
        #expect(request.demands.areSilent == (prompt == .none))
    }

    @Test("At most 16 resources, each one registered (RFC 8707 §2)")
    func resources() async throws {
        let judge = try Judge()
        let good = try Parameters.authorization(
            .web, ["resource": "https://orders.example", "resource": "https://stock.example"])
        #expect(try await judge.rules.validate(good).resources == ["https://orders.example", "https://stock.example"])
        let pairs = good.pairs + Array(repeating: (name: "resource", value: "https://orders.example"), count: 15)
        #expect(try await judge.returned(Parameters(pairs)) == .invalidTarget)
    }
}

import Identity
import JSON
import OAuth
import TestSupport
import Testing

@Suite("Exchanging a code: OAuth 2.1 §4.1.3 (AZ8-AZ11, AZ22, AZ23)")
struct AuthorizationCodeGrantTests {
    private func error(
        _ provider: Provider, _ parameters: Parameters, by client: Client, at now: Instant = Provider.noon
    ) async throws -> OAuthError.Code? {
        do {
            _ = try await provider.answer(parameters, from: client, at: now)
            return nil
        } catch let error as OAuthError {
            return error.code
        }
    }

    @Test("A code gives tokens, and a refresh token only with offline_access (AZ23)")
    func success() async throws {
        let provider = try await Provider()
        let online = try await provider.tokens(for: .web)
        #expect(online.keys == ["access_token", "token_type", "expires_in", "scope", "id_token"])
        #expect(online["token_type"] == "Bearer" && online["expires_in"] == 600 && online["scope"] == "openid")
        let offline = try await provider.tokens(for: .web, ["scope": "openid offline_access"])
        #expect(try offline.text("refresh_token").hasPrefix("mrt_"))
        let plain = try await provider.tokens(for: .spa, ["scope": "orders"])
        #expect(plain["id_token"] == nil && plain["refresh_token"] == nil)
    }

    static let swapped: [KeyValuePairs<String, String>] = [
        ["code_verifier": ""], ["code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX"],
        ["code_verifier": PublishedProofKey.challenge], ["redirect_uri": ""],
        ["redirect_uri": "https://app.example/cb/"],
        ["redirect_uri": "https://spa.example/cb"], ["redirect_uri": "https://evil.example"],
    ]

    @Test(
        "AZ8, AZ9, AZ11: one wrong proof is enough, and it neither burns the code nor kills anything",
        arguments: swapped.indices)
    func oneWrong(_ index: Int) async throws {
        let provider = try await Provider()
        let code = try await provider.code(for: .web)
        let wrong = try Parameters.exchange(code, by: .web, Self.swapped[index])
        #expect(try await error(provider, wrong, by: .web) == .invalidGrant)
        let tokens = try await provider.answer(.exchange(code, by: .web), from: .web)
        #expect(try await error(provider, wrong, by: .web) == .invalidGrant)
        #expect(try await provider.reader.live(tokens.text("access_token"), at: Provider.noon) != nil)
        #expect(!provider.audit.kinds.contains(.reuseDetected))
    }

    @Test("AZ9, AZ11: another client can neither exchange a code, burn it nor kill its tokens")
    func otherClient() async throws {
        let provider = try await Provider()
        let code = try await provider.code(for: .web)
        let stolen: KeyValuePairs = ["redirect_uri": "https://app.example/cb"]
        #expect(try await error(provider, .exchange(code, by: .spa, stolen), by: .spa) == .invalidGrant)
        let tokens = try await provider.answer(.exchange(code, by: .web), from: .web)
        #expect(try await error(provider, .exchange(code, by: .spa, stolen), by: .spa) == .invalidGrant)
        #expect(try await provider.reader.live(tokens.text("access_token"), at: Provider.noon) != nil)
    }

    @Test(
        "AZ9: a code is good for less than 60 seconds",
        arguments: [(0, true), (59, true), (60, false), (61, false), (3600, false)])
    func expiry(_ age: Int64, _ isGood: Bool) async throws {
        let provider = try await Provider()
        let code = try await provider.code(for: .web)
        let error = try await error(provider, .exchange(code, by: .web), by: .web, at: Provider.noon + age)
        #expect(error == (isGood ? nil : .invalidGrant))
    }

    @Test("AZ11: a second exchange with every proof right kills what the first one gave, and is recorded")
    func replay() async throws {
        let provider = try await Provider()
        let code = try await provider.code(for: .web, ["scope": "openid offline_access"])
        let tokens = try await provider.answer(.exchange(code, by: .web), from: .web)
        let (access, refresh) = (try tokens.text("access_token"), try tokens.text("refresh_token"))
        #expect(try await provider.reader.live(access, at: Provider.noon) != nil)
        #expect(try await error(provider, .exchange(code, by: .web), by: .web, at: Provider.noon + 59) == .invalidGrant)
        #expect(try await provider.reader.live(access, at: Provider.noon) == nil)
        #expect(try await error(provider, .refresh(refresh, by: .web), by: .web) == .invalidGrant)
        #expect(
            provider.audit.events.contains {
                $0.kind == .reuseDetected && $0.details["artefact"] == "authorization_code"
            })
    }

    @Test("AZ10: of 200 exchanges of one code at once, one succeeds")
    func race() async throws {
        let provider = try await Provider()
        let code = try await provider.code(for: .spa)
        let successes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask { try await error(provider, .exchange(code, by: .spa), by: .spa) == nil }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(successes == 1)
    }

    @Test("AZ22: an address that was not sent need not be named, but if it is, it must be right")
    func redirect() async throws {
        let provider = try await Provider()
        for (named, isGood) in [("", true), ("https://app.example/cb", true), ("https://app.example/c", false)] {
            let code = try await provider.code(for: .web, ["redirect_uri": ""])
            let parameters = try Parameters.exchange(code, by: .web, ["redirect_uri": named])
            #expect(try await error(provider, parameters, by: .web) == (isGood ? nil : .invalidGrant))
        }
    }

    @Test("AZ1, AZ9: the loopback address must be named with the port it was sent with, byte for byte")
    func loopback() async throws {
        let native = Client.native.with { $0.redirectURIs = ["http://127.0.0.1/K"] }
        let provider = try await Provider([native])
        let code = try await provider.code(for: native, ["redirect_uri": "http://127.0.0.1:51004/K"])
        for uri in ["http://127.0.0.1/K", "http://127.0.0.1:51005/K", "http://127.0.0.1:51004/\u{212A}"] {
            let parameters = try Parameters.exchange(code, by: native, ["redirect_uri": uri])
            #expect(try await error(provider, parameters, by: native) == .invalidGrant)
        }
        let good = try Parameters.exchange(code, by: native, ["redirect_uri": "http://127.0.0.1:51004/K"])
        #expect(try await error(provider, good, by: native) == nil)
    }

    @Test("AZ8: a code got without a challenge is refused with a verifier (RFC 9700 §4.8.2)")
    func downgrade() async throws {
        let lenient = Client.web.with { $0.policy.mayOmitPKCE = true }
        let provider = try await Provider([lenient])
        let code = try await provider.code(for: lenient, ["code_challenge": "", "code_challenge_method": ""])
        #expect(try await error(provider, .exchange(code, by: lenient), by: lenient) == .invalidGrant)
        let bare = try Parameters.exchange(code, by: lenient, ["code_verifier": ""])
        #expect(try await error(provider, bare, by: lenient) == nil)
    }

    @Test("TK21, JW4: what is not exactly a code is none, and neither is another kind of token")
    func malformed() async throws {
        let provider = try await Provider()
        let code = try await provider.code(for: .web)
        let refresh = try await provider.tokens(for: .web, ["scope": "offline_access"]).text("refresh_token")
        for text in [
            "x", code + "A", String(code.dropLast()), code.uppercased(), "mrt_" + code.dropFirst(4), refresh,
            "mac_" + refresh.dropFirst(4),
        ] {
            #expect(try await error(provider, .exchange(text, by: .web), by: .web) == .invalidGrant)
        }
        #expect(try await error(provider, .exchange("", by: .web), by: .web) == .invalidRequest)
    }

    @Test("TK11: person, session and registration are looked at again")
    func gate() async throws {
        let endings: [@Sendable (Provider, Authentication) async throws -> Void] = [
            { provider, _ in _ = try await provider.store.setStatus(.disabled, of: "ann", at: Provider.noon) },
            { provider, ann in _ = try await provider.store.end(sessionID: ann.sessionID, of: "ann", at: Provider.noon)
            },
            { provider, _ in try await provider.store.revokeGrants(of: "ann", to: "web", at: Provider.noon) },
            { provider, _ in provider.registry.put(.web.with { $0.policy.requiredRoles = ["staff"] }) },
            { provider, _ in provider.registry.put(.web.with { $0.scopes = ["profile"] }) },
            { provider, _ in provider.registry.put(.web.with { $0.policy.resources = [] }) },
        ]
        for end in endings {
            let provider = try await Provider()
            let ann = try await provider.signIn()
            let code = try await provider.code(for: .web, ["resource": "https://orders.example"], by: ann)
            try await end(provider, ann)
            #expect(try await error(provider, .exchange(code, by: .web), by: .web) == .invalidGrant)
        }
    }
}

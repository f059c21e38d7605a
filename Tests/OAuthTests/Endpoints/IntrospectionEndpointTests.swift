import JSON
import OAuth
import TestSupport
import Testing

@Suite("Introspection: RFC 7662 (TK13, TK14, D8)")
struct IntrospectionEndpointTests {
    static let desk = Client.api.with {
        $0.id = "desk"; $0.policy.audience = []; $0.policy.introspectsAll = true
    }
    static let stranger = Client.api.with {
        $0.id = "stranger"; $0.policy.audience = ["https://stock.example"]
    }
    static let inactive: JSONObject = ["active": false]

    private func ask(
        _ provider: Provider, about text: String, by client: Client, at now: Instant = Provider.noon
    ) async throws -> JSONObject {
        let parameters = try Parameters.of(["token": text, "client_id": client.id])
        return try await JSONObject(provider.introspection.answer(parameters, basic: client.basic, at: now))
    }

    @Test("TK13, D8: only who is in the audience, or may ask about all, hears anything; the owner is not enough")
    func matrix() async throws {
        let named = Client.api.with {
            $0.id = "https://orders.example"; $0.policy.audience = []
        }
        for format in ClientPolicy.AccessTokenFormat.allCases {
            let web = Client.web.with { $0.policy.accessTokenFormat = format }
            let provider = try await Provider([web, .api, Self.desk, Self.stranger, named])
            let orders = try await provider.tokens(for: web, ["resource": "https://orders.example"]).text(
                "access_token")
            let own = try await provider.tokens(for: web).text("access_token")
            let cases: [(Client, String, Bool)] = [
                (.api, orders, true), (named, orders, true), (Self.desk, orders, true), (Self.stranger, orders, false),
                (web, orders, false), (.api, own, false), (Self.desk, own, true), (Self.stranger, own, false),
                (web, own, false),
            ]
            for (client, text, isTold) in cases {
                let answer = try await ask(provider, about: text, by: client)
                #expect((answer["active"] == true) == isTold, "\(client.id)")
                if !isTold { #expect(answer == Self.inactive) }
            }
        }
    }

    @Test("What is told of an access token")
    func answer() async throws {
        let provider = try await Provider([.web, Self.desk])
        let ann = try await provider.signIn(session: "sid")
        let tokens = try await provider.tokens(for: .web, ["scope": "openid orders"], by: ann)
        let (text, claims) = (try tokens.text("access_token"), try tokens.claims("access_token"))
        let answer = try await ask(provider, about: text, by: Self.desk)
        let now = Provider.noon.seconds
        #expect(
            answer == [
                "active": true, "iss": .string(Provider.issuer), "sub": "ann", "aud": [.string(Provider.issuer)],
                "client_id": "web", "token_type": "Bearer", "scope": "openid orders", "iat": .integer(now),
                "exp": .integer(now + 600), "jti": claims["jti"] ?? .null, "auth_time": .integer(now),
                "acr": .string(AuthenticationLevel.single), "amr": ["pwd"], "sid": "sid",
            ])
    }

    @Test("TK13: what is no live token gets one and the same answer")
    func inactive() async throws {
        let provider = try await Provider([.web, Self.desk])
        let tokens = try await provider.tokens(for: .web, ["scope": "openid offline_access"])
        let (access, id) = (try tokens.text("access_token"), try tokens.text("id_token"))
        for text in ["x", "..", id, access + "A", String(access.dropLast()), "mat_x", "mac_" + access, "\u{212A}", "é"]
        {
            #expect(try await ask(provider, about: text, by: Self.desk) == Self.inactive)
        }
        #expect(try await ask(provider, about: access, by: Self.desk, at: Provider.noon + 600) == Self.inactive)
        let code = try await provider.code(for: .web)
        #expect(try await ask(provider, about: code, by: Self.desk) == Self.inactive)
    }

    @Test("TK14: after revocation, sign-out and disabling the answer is no")
    func endings() async throws {
        let provider = try await Provider([.web, Self.desk])
        let ann = try await provider.signIn()
        let first = try await provider.tokens(for: .web, by: ann).text("access_token")
        let second = try await provider.tokens(for: .web, by: ann).text("access_token")
        try await provider.revocation.answer(.of(["token": first]), basic: Client.web.basic, at: Provider.noon)
        #expect(try await ask(provider, about: first, by: Self.desk) == Self.inactive)
        #expect(try await ask(provider, about: second, by: Self.desk)["active"] == true)
        _ = try await provider.store.setStatus(.disabled, of: "ann", at: Provider.noon)
        #expect(try await ask(provider, about: second, by: Self.desk) == Self.inactive)
    }

    @Test("TK13: a refresh token concerns the client it was issued to, and nobody else; spent or ended, nobody")
    func refreshTokens() async throws {
        let rotating = Client.web.with { $0.policy.rotatesRefreshTokens = true }
        let provider = try await Provider([rotating, Self.desk, .api])
        let text = try await provider.tokens(for: rotating, ["scope": "openid offline_access"]).text("refresh_token")
        let answer = try await ask(provider, about: text, by: rotating)
        #expect(answer["active"] == true && answer["sub"] == "ann" && answer["client_id"] == "web")
        for client in [Self.desk, .api] { #expect(try await ask(provider, about: text, by: client) == Self.inactive) }
        let idle = Provider.noon + provider.lifetimes.refreshIdle
        #expect(try await ask(provider, about: text, by: rotating, at: idle) == Self.inactive)
        let next = try await provider.answer(.refresh(text, by: rotating), from: rotating).text("refresh_token")
        #expect(try await ask(provider, about: text, by: rotating) == Self.inactive)
        #expect(try await ask(provider, about: next, by: rotating)["active"] == true)
        _ = try await provider.store.setStatus(.disabled, of: "ann", at: Provider.noon)
        #expect(try await ask(provider, about: next, by: rotating) == Self.inactive)
    }

    @Test("TK1, TK13: who does not authenticate hears nothing, a public client neither")
    func authentication() async throws {
        let open = Client.spa.with { $0.policy.introspectsAll = true }
        let provider = try await Provider([open, Self.desk])
        for (client, basic) in [
            (open, nil), (Self.desk, ClientCredentials(id: "desk", secret: "wrong")), (Self.desk, nil),
        ] {
            let parameters = try Parameters.of(["token": "x", "client_id": client.id])
            await #expect(throws: OAuthError.invalidClient("client authentication failed")) {
                try await provider.introspection.answer(parameters, basic: basic, at: Provider.noon)
            }
        }
        await #expect(throws: OAuthError.invalidRequest("token is missing")) {
            try await provider.introspection.answer(.empty, basic: Self.desk.basic, at: Provider.noon)
        }
    }
}

import JSON
import OAuth
import Testing

@Suite("A client on its own behalf: OAuth 2.1 §4.2 (TK18, TK15)")
struct ClientCredentialsGrantTests {
    private func ask(
        _ provider: Provider, _ client: Client = .api, _ changes: KeyValuePairs<String, String> = [:]
    ) async throws -> JSONObject {
        let parameters = try Parameters(
            [(name: "grant_type", value: "client_credentials"), (name: "client_id", value: client.id)]
                + changes.map { (name: $0.key, value: $0.value) })
        return try await provider.answer(parameters, from: client)
    }

    @Test("TK18: an access token and nothing else, with a sub that no person can have")
    func tokens() async throws {
        let provider = try await Provider()
        try await provider.admit("api")
        let tokens = try await ask(provider)
        #expect(tokens.keys == ["access_token", "token_type", "expires_in", "scope"])
        let claims = try tokens.claims("access_token")
        #expect(claims["sub"] == "client:api" && claims["client_id"] == "api")
        for name in ["auth_time", "acr", "amr", "sid", "roles"] { #expect(claims[name] == nil) }
        let token = try #require(try await provider.reader.live(tokens.text("access_token"), at: Provider.noon))
        #expect(token.grantID == nil && token.subject == "client:api")
    }

    @Test("TK18: scopes that speak of a person are never given, and only registered ones are")
    func scopes() async throws {
        let provider = try await Provider()
        #expect(try await ask(provider)["scope"] == "orders")
        #expect(try await ask(provider, .api, ["scope": "orders"])["scope"] == "orders")
        for scope in [
            "openid", "profile", "offline_access", "roles", "orders openid", "stock", "ORDERS", "orders\u{301}",
        ] {
            await #expect(throws: OAuthError.self) { try await ask(provider, .api, ["scope": scope]) }
        }
    }

    @Test("TK15: the audience is the resource asked for, or what the client itself answers for")
    func audience() async throws {
        let provider = try await Provider()
        #expect(
            try await ask(provider).claims("access_token")["aud"] == [
                .string(Provider.issuer), "https://orders.example",
            ])
        let narrow = try await ask(provider, .api, ["resource": "https://orders.example"])
        #expect(try narrow.claims("access_token")["aud"] == ["https://orders.example"])
        await #expect(throws: OAuthError.invalidTarget("resource is not one this client may ask for")) {
            try await ask(provider, .api, ["resource": "https://stock.example"])
        }
    }

    @Test("TK18: public clients, and clients not registered for it, are refused")
    func refused() async throws {
        let open = Client.spa.with { $0.grantTypes = [.clientCredentials] }
        let provider = try await Provider([.web, open])
        for client in [open, .web] {
            do {
                _ = try await ask(provider, client)
                Issue.record("\(client.id) got a token")
            } catch let error as OAuthError {
                #expect(error.code == .unauthorizedClient)
            }
        }
    }

    @Test("The token of a client shows no person: userinfo refuses it")
    func userInfo() async throws {
        let provider = try await Provider()
        let text = try await ask(provider).text("access_token")
        await #expect(throws: OAuthError.self) { try await provider.userInfo.answer(bearer: text, at: Provider.noon) }
    }

    @Test("An opaque token of a client is kept, lives and can be revoked")
    func opaque() async throws {
        let machine = Client.api.with { $0.policy.accessTokenFormat = .opaque }
        let provider = try await Provider([machine])
        let text = try await ask(provider, machine).text("access_token")
        #expect(text.hasPrefix("mat_"))
        #expect(try await provider.reader.live(text, at: Provider.noon + 599) != nil)
        #expect(try await provider.reader.live(text, at: Provider.noon + 600) == nil)
        try await provider.revocation.answer(.of(["token": text]), basic: machine.basic, at: Provider.noon)
        #expect(try await provider.reader.live(text, at: Provider.noon) == nil)
    }
}

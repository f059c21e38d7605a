import Identity
import JSON
import OAuth
import TestSupport
import Testing

@Suite("Userinfo: OpenID Connect Core §5.3 (JW6, JW7, TK16, TK24)")
struct UserInfoEndpointTests {
    private func ask(_ provider: Provider, _ text: String?, at now: Instant = Provider.noon) async throws -> JSONObject
    {
        try await JSONObject(provider.userInfo.answer(bearer: text, at: now))
    }

    private func error(_ provider: Provider, _ text: String?, at now: Instant = Provider.noon) async throws
        -> OAuthError.Code?
    {
        do {
            _ = try await ask(provider, text, at: now)
            return nil
        } catch let error as OAuthError {
            return error.code
        }
    }

    @Test(
        "JW7: the same sub as in the ID token, and what was allowed",
        arguments: [
            ("openid", ["sub"]), ("openid email", ["email", "email_verified", "sub"]), ("openid orders", ["sub"]),
            ("openid roles", ["roles", "sub"]), ("openid profile", ["name", "locale", "updated_at", "sub"]),
        ])
    func claims(_ scope: String, _ names: [String]) async throws {
        for format in ClientPolicy.AccessTokenFormat.allCases {
            let client = Client.web.with { $0.policy.accessTokenFormat = format }
            let provider = try await Provider([client])
            let tokens = try await provider.tokens(for: client, ["scope": scope])
            let claims = try await ask(provider, tokens.text("access_token"))
            #expect(claims.keys == names)
            #expect(try claims["sub"] == tokens.claims("id_token")["sub"])
        }
    }

    @Test("TK24: a token without openid, or for another resource, is refused by what it lacks")
    func lowScope() async throws {
        let provider = try await Provider()
        let plain = try await provider.tokens(for: .web, ["scope": "profile email"]).text("access_token")
        #expect(try await error(provider, plain) == .insufficientScope)
        let orders = try await provider.tokens(for: .web, ["resource": "https://orders.example"]).text("access_token")
        #expect(try await error(provider, orders) == .invalidToken)
    }

    @Test("TK16: no token, another kind of token, an old or an altered one: invalid_token")
    func refused() async throws {
        let provider = try await Provider()
        let tokens = try await provider.tokens(for: .web, ["scope": "openid offline_access"])
        let access = try tokens.text("access_token")
        for text in try [nil, "", "x", access + "A", tokens.text("id_token"), tokens.text("refresh_token")] {
            #expect(try await error(provider, text) == .invalidToken)
        }
        #expect(try await error(provider, access, at: Provider.noon + 600) == .invalidToken)
    }

    @Test("TK14, TK24: a person who is disabled, or signed out, is shown no more")
    func endings() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        let text = try await provider.tokens(for: .web, by: ann).text("access_token")
        _ = try await provider.store.end(sessionID: ann.sessionID, of: "ann", at: Provider.noon)
        #expect(try await error(provider, text) == .invalidToken)
        let other = try await provider.tokens(for: .web).text("access_token")
        _ = try await provider.store.setStatus(.disabled, of: "ann", at: Provider.noon)
        #expect(try await error(provider, other) == .invalidToken)
    }

    @Test("TK12, TK14, OP3: a token that was revoked, whose app is gone, or older than a restore, shows nobody")
    func ended() async throws {
        let provider = try await Provider()
        let tokens = try await provider.tokens(for: .web)
        let text = try tokens.text("access_token")
        let id = try #require(try await provider.reader.live(text, at: Provider.noon)).id
        try await provider.store.revokeAccessToken(id: id, until: Provider.noon + 600, at: Provider.noon)
        #expect(try await error(provider, text) == .invalidToken)

        let orphan = try await provider.tokens(for: .spa).text("access_token")
        #expect(try await error(provider, orphan) == nil)
        provider.registry.remove("spa")
        #expect(try await error(provider, orphan) == .invalidToken)

        let old = try await provider.tokens(for: .web).text("access_token")
        #expect(try await error(provider, old) == nil)
        _ = try await provider.store.database.write { connection in
            try connection.execute(
                "INSERT INTO restore_epochs VALUES (1, $1, $1, $1)", [.integer(Provider.noon.seconds + 1)])
        }
        #expect(try await error(provider, old) == .invalidToken)
    }

    @Test("TK10: a refreshed token with less scope shows less")
    func narrowed() async throws {
        let provider = try await Provider()
        let tokens = try await provider.tokens(for: .web, ["scope": "openid email offline_access"])
        let narrow = try await provider.answer(
            .refresh(tokens.text("refresh_token"), by: .web, ["scope": "openid"]), from: .web)
        #expect(try await ask(provider, narrow.text("access_token")).keys == ["sub"])
    }
}

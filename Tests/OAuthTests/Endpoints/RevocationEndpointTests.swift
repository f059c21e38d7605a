import JSON
import OAuth
import Testing

@Suite("Revocation: RFC 7009 (TK12)")
struct RevocationEndpointTests {
    private func revoke(_ provider: Provider, _ text: String, by client: Client) async throws -> OAuthError.Code? {
        do {
            let parameters = try Parameters.of(["token": text, "client_id": client.id])
            try await provider.revocation.answer(parameters, basic: client.basic, at: Provider.noon)
            return nil
        } catch let error as OAuthError {
            return error.code
        }
    }

    @Test("TK12: an access token of either form goes, its grant and refresh token stay")
    func accessToken() async throws {
        for format in ClientPolicy.AccessTokenFormat.allCases {
            let client = Client.web.with { $0.policy.accessTokenFormat = format }
            let provider = try await Provider([client])
            let tokens = try await provider.tokens(for: client, ["scope": "openid offline_access"])
            #expect(try await revoke(provider, tokens.text("access_token"), by: client) == nil)
            #expect(try await provider.reader.live(tokens.text("access_token"), at: Provider.noon) == nil)
            let refreshed = try await provider.answer(.refresh(tokens.text("refresh_token"), by: client), from: client)
            #expect(try await provider.reader.live(refreshed.text("access_token"), at: Provider.noon) != nil)
            #expect(try await revoke(provider, tokens.text("access_token"), by: client) == nil)
        }
    }

    @Test("TK12: with a refresh token goes the whole grant, with a spent one too")
    func refreshToken() async throws {
        for isSpent in [false, true] {
            let provider = try await Provider()
            let tokens = try await provider.tokens(for: .spa, ["scope": "openid offline_access"])
            let refresh = try tokens.text("refresh_token")
            let next = isSpent ? try await provider.answer(.refresh(refresh, by: .spa), from: .spa) : tokens
            #expect(try await revoke(provider, refresh, by: .spa) == nil)
            #expect(provider.audit.kinds.last == .tokenRevoked)
            for text in try [tokens.text("access_token"), next.text("access_token")] {
                #expect(try await provider.reader.live(text, at: Provider.noon) == nil)
            }
            await #expect(throws: OAuthError.self) {
                try await provider.answer(.refresh(next.text("refresh_token"), by: .spa), from: .spa)
            }
        }
    }

    @Test("TK12: another client's token is not touched")
    func otherClient() async throws {
        for format in ClientPolicy.AccessTokenFormat.allCases {
            let client = Client.web.with { $0.policy.accessTokenFormat = format }
            let provider = try await Provider([client, .spa, .api])
            let tokens = try await provider.tokens(for: client, ["scope": "openid offline_access"])
            for thief in [Client.spa, .api] {
                for name in ["access_token", "refresh_token"] {
                    #expect(try await revoke(provider, tokens.text(name), by: thief) == .unauthorizedClient)
                }
            }
            #expect(try await provider.reader.live(tokens.text("access_token"), at: Provider.noon) != nil)
            _ = try await provider.answer(.refresh(tokens.text("refresh_token"), by: client), from: client)
        }
    }

    @Test("TK12: a token that is none is success, and ends nothing (§2.2)")
    func unknown() async throws {
        let provider = try await Provider()
        let tokens = try await provider.tokens(for: .web)
        let access = try tokens.text("access_token")
        for text in [
            "x", "mrt_x", "mrt_" + String(repeating: "A", count: 43), try tokens.text("id_token"), access + "A",
            "\u{212A}",
        ] {
            #expect(try await revoke(provider, text, by: .web) == nil)
        }
        #expect(try await provider.reader.live(access, at: Provider.noon) != nil)
    }

    @Test("TK1: who does not authenticate revokes nothing; a token must be named")
    func authentication() async throws {
        let provider = try await Provider()
        let text = try await provider.tokens(for: .web).text("access_token")
        for basic in [ClientCredentials(id: "web", secret: "wrong"), ClientCredentials(id: "nobody", secret: "x"), nil]
        {
            await #expect(throws: OAuthError.self) {
                try await provider.revocation.answer(
                    .of(["token": text, "client_id": "web"]), basic: basic, at: Provider.noon)
            }
        }
        #expect(try await provider.reader.live(text, at: Provider.noon) != nil)
        #expect(try await revoke(provider, "", by: .web) == .invalidRequest)
    }
}

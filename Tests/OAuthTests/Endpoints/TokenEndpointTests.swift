import OAuth
import Testing

@Suite("The token endpoint: OAuth 2.1 §3.2 (AZ5, AZ6, TK1, TK20)")
struct TokenEndpointTests {
    private func error(
        _ provider: Provider, _ pairs: KeyValuePairs<String, String>, by client: Client
    ) async throws -> OAuthError? {
        do {
            _ = try await provider.token.answer(.of(pairs), basic: client.basic, at: Provider.noon)
            return nil
        } catch let error as OAuthError {
            return error
        }
    }

    @Test(
        "AZ5: the password grant, implicit and all that is not plugged in are not spoken",
        arguments: [
            "password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "authorization_code ",
            "AUTHORIZATION_CODE", "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ])
    func unspoken(_ type: String) async throws {
        let provider = try await Provider()
        let error = try await error(provider, ["grant_type": type, "username": "ann", "password": "x"], by: .web)
        #expect(error?.code == .unsupportedGrantType)
    }

    @Test("AZ6: a grant the client is not registered for is refused")
    func unregistered() async throws {
        let provider = try await Provider()
        for (type, client) in [
            ("client_credentials", Client.web), ("authorization_code", .api), ("refresh_token", .api),
        ] {
            let error = try await error(provider, ["grant_type": type, "code": "x", "refresh_token": "x"], by: client)
            #expect(error?.code == .unauthorizedClient)
        }
    }

    @Test("TK1: the client is looked at first, and only then what it asks for")
    func order() async throws {
        let provider = try await Provider()
        #expect(
            try await error(provider, ["grant_type": "password", "client_id": "web"], by: .spa)?.code == .invalidClient)
        #expect(try await error(provider, ["grant_type": ""], by: .web) == .invalidRequest("grant_type is missing"))
        #expect(provider.audit.kinds == [.clientAuthenticationRefused, .tokenRefused])
    }

    @Test("TK20: nothing that was sent is repeated")
    func reflection() async throws {
        let provider = try await Provider()
        let probe = "<script>\"'\\\u{7}é"
        let requests: [KeyValuePairs<String, String>] = [
            ["grant_type": probe], ["grant_type": "authorization_code", "code": probe],
            ["grant_type": "refresh_token", "refresh_token": probe],
        ]
        for pairs in requests {
            let error = try #require(try await error(provider, pairs, by: .web))
            #expect(!error.sentence.contains("script"))
            #expect(error.sentence.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        }
    }

    @Test("CF2: every token given and refused is recorded, without the token")
    func audit() async throws {
        let provider = try await Provider()
        let tokens = try await provider.tokens(for: .web)
        let event = try #require(provider.audit.events.last)
        #expect(event.kind == .tokenIssued && event.subject == "ann" && event.clientID == "web")
        #expect(event.details["jti"] == (try tokens.claims("access_token").text("jti")))
        _ = try await error(provider, ["grant_type": "authorization_code", "code": "secret"], by: .web)
        let refusal = try #require(provider.audit.events.last)
        #expect(refusal.kind == .tokenRefused && refusal.details["error"] == "invalid_grant")
        #expect(!refusal.details.values.contains { $0.contains("secret") })
    }
}

import OAuth
import Testing

@Suite("Client authentication: RFC 6749 §2.3 (TK1)")
struct ClientAuthenticationTests {
    private let desk: ClientAuthentication

    init() async throws {
        let provider = try await Provider([
            .web,
            .web.with {
                $0.id = "post"; $0.authenticationMethod = .clientSecretPost
            }, .spa, .keyed(),
        ])
        desk = provider.authentication
    }

    private func error(_ parameters: KeyValuePairs<String, String>, _ basic: ClientCredentials? = nil) async throws
        -> OAuthError.Code?
    {
        do {
            _ = try await desk.client(.of(parameters), basic: basic, at: Provider.noon)
            return nil
        } catch let error as OAuthError {
            return error.code
        }
    }

    private func basic(_ id: String, _ secret: String = Client.secret) -> ClientCredentials {
        ClientCredentials(id: id, secret: secret)
    }

    @Test("TK1: each client by the one way it is registered for")
    func good() async throws {
        #expect(try await error([:], basic("web")) == nil)
        #expect(try await error(["client_id": "web"], basic("web")) == nil)
        #expect(try await error(["client_id": "post", "client_secret": Client.secret]) == nil)
        #expect(try await error(["client_id": "spa"]) == nil)
    }

    @Test("TK1: and by no other, though the secret be right")
    func otherWay() async throws {
        #expect(try await error([:], basic("post")) == .invalidClient)
        #expect(try await error([:], basic("spa")) == .invalidClient)
        #expect(try await error([:], basic("spa", "")) == .invalidClient)
        #expect(try await error([:], basic("keyed")) == .invalidClient)
        #expect(try await error(["client_id": "web", "client_secret": Client.secret]) == .invalidClient)
        #expect(try await error(["client_id": "spa", "client_secret": Client.secret]) == .invalidClient)
        for id in ["web", "post", "keyed", "nobody"] { #expect(try await error(["client_id": id]) == .invalidClient) }
        #expect(try await error([:]) == .invalidClient)
    }

    @Test(
        "TK1: a wrong secret is refused",
        arguments: ["", " ", "wrong", Client.secret + " ", Client.secret + "\u{0}", "A" + Client.secret.dropFirst()])
    func wrongSecret(_ secret: String) async throws {
        #expect(try await error([:], basic("web", secret)) == .invalidClient)
        #expect(
            try await error(["client_id": "post", "client_secret": "x" + secret.replacing("\u{0}", with: "")])
                == .invalidClient)
    }

    @Test("TK1: an unknown client and a wrong secret are told apart by nothing")
    func oneAnswer() async throws {
        for credentials in [basic("nobody"), basic("web", "wrong"), basic("spa"), basic("WEB")] {
            await #expect(throws: OAuthError.invalidClient("client authentication failed")) {
                try await desk.client(.empty, basic: credentials, at: Provider.noon)
            }
        }
    }

    @Test("TK1: two ways at once are refused, even when both are right")
    func several() async throws {
        let secret = Client.secret
        #expect(try await error(["client_secret": secret], basic("web")) == .invalidRequest)
        #expect(try await error(["client_assertion": "x"], basic("web")) == .invalidRequest)
        #expect(
            try await error(["client_id": "post", "client_secret": secret, "client_assertion": "x"]) == .invalidRequest)
    }

    @Test("TK1: a client_id that names another client than the header is refused, a look-alike too")
    func otherName() async throws {
        #expect(try await error(["client_id": "post"], basic("web")) == .invalidClient)
        #expect(try await error(["client_id": "WEB"], basic("web")) == .invalidClient)
        let provider = try await Provider([.web.with { $0.id = "K" }])
        for (id, isGood) in [("K", true), ("\u{212A}", false)] {
            let client = try? await provider.authentication.client(
                .of(["client_id": id]), basic: basic("K"), at: Provider.noon)
            #expect((client != nil) == isGood)
        }
    }

    @Test("TK2: two secrets live side by side while one replaces the other, and the old one dies")
    func rotation() async throws {
        let provider = try await Provider([.web.with { $0.secretDigests = [.of("old"), .of("new")] }])
        for secret in ["old", "new"] {
            #expect(
                try await provider.authentication.client(.empty, basic: basic("web", secret), at: Provider.noon).id
                    == "web")
        }
        provider.registry.put(.web.with { $0.secretDigests = [.of("new")] })
        await #expect(throws: OAuthError.self) {
            try await provider.authentication.client(.empty, basic: basic("web", "old"), at: Provider.noon)
        }
        provider.registry.put(.web.with { $0.secretDigests = [] })
        await #expect(throws: OAuthError.self) {
            try await provider.authentication.client(.empty, basic: basic("web", "new"), at: Provider.noon)
        }
    }
}

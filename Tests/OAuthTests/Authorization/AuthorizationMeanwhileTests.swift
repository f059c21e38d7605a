import Identity
import OAuth
import TestSupport
import Testing

@Suite("What changes while a request waits counts at once (AZ3, AZ5, AZ10, SE6)")
struct AuthorizationMeanwhileTests {
    private func waiting(_ provider: Provider) async throws -> (handle: String, ann: Authentication) {
        let ann = try await provider.signIn()
        let handle = try await provider.begin(.authorization(.web), by: ann).handle()
        try await provider.consent(to: ["openid"], on: handle)
        return (handle, ann)
    }

    @Test("AZ3: a client that is gone, or no longer has the address, is told to the person")
    func clientChanged() async throws {
        for change in [nil, Client.web.with { $0.redirectURIs = ["https://new.example/cb"] }] {
            let provider = try await Provider()
            let (handle, ann) = try await waiting(provider)
            provider.registry.remove("web")
            if let change { provider.registry.put(change) }
            #expect(
                try await provider.resume(handle, by: ann).shown == (change == nil ? .unknownClient : .redirectMismatch)
            )
            provider.registry.put(.web)
            #expect(try await provider.resume(handle, by: ann).shown == .requestExpired)
        }
    }

    @Test("AZ5, AZ6: a client that lost its grant or scope gets the error, not the code")
    func registrationChanged() async throws {
        let changes: [(Client, String)] = [
            (.web.with { $0.grantTypes = [.clientCredentials] }, "unauthorized_client"),
            (.web.with { $0.scopes = ["profile"] }, "invalid_scope"),
        ]
        for (client, error) in changes {
            let provider = try await Provider()
            let (handle, ann) = try await waiting(provider)
            provider.registry.put(client)
            #expect(try await provider.resume(handle, by: ann).field("error") == error)
        }
    }

    @Test("SE6: a person disabled meanwhile, or a session ended meanwhile, gets no code")
    func personChanged() async throws {
        let provider = try await Provider()
        let (handle, ann) = try await waiting(provider)
        #expect(try await provider.store.end(sessionID: ann.sessionID, of: "ann", at: Provider.noon))
        #expect(try await provider.resume(handle, by: ann).shown == .requestExpired)

        let other = try await Provider()
        let (kept, same) = try await waiting(other)
        #expect(try await other.store.setStatus(.disabled, of: "ann", at: Provider.noon))
        #expect(try await other.resume(kept, by: same).step == .signIn(.nobody))
    }

    @Test("AZ10: of twenty answers to one request at once, one is a code")
    func race() async throws {
        let provider = try await Provider()
        let (handle, ann) = try await waiting(provider)
        let codes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { try await provider.resume(handle, by: ann).names.contains("code") }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(codes == 1)
    }

    @Test("AZ12: a person who says no sends the client an error, once")
    func refusal() async throws {
        let provider = try await Provider()
        let (handle, ann) = try await waiting(provider)
        let visitor = AuthorizationEndpoint.Visitor(browser: Provider.browser, signedIn: ann)
        let denied = OAuthError(.accessDenied, "the person said no")
        let outcome = try await provider.authorization.refuse(handle, with: denied, visitor: visitor, at: Provider.noon)
        #expect(try outcome.field("error") == "access_denied")
        #expect(outcome.names == ["error", "error_description", "state", "iss"])
        let again = try await provider.authorization.refuse(handle, with: denied, visitor: visitor, at: Provider.noon)
        #expect(again.shown == .requestExpired)
        #expect(try await provider.resume(handle, by: ann).shown == .requestExpired)
    }

    @Test("AZ3: a refusal for a client that is gone is told to the person")
    func refusalWithoutClient() async throws {
        let provider = try await Provider()
        let (handle, ann) = try await waiting(provider)
        provider.registry.remove("web")
        let outcome = try await provider.authorization.refuse(
            handle, with: OAuthError(.accessDenied, "no"),
            visitor: .init(browser: Provider.browser, signedIn: ann), at: Provider.noon)
        #expect(outcome.shown == .unknownClient)
    }
}

import Identity
import OAuth
import Testing

@Suite("Refreshing under levels that rise (TK11, RFC 9470)")
struct RefreshLevelTests {
    static let rotating = Client.web.with {
        $0.policy.rotatesRefreshTokens = true
        $0.policy.refreshGrace = 10
    }
    static let (single, double) = (AuthenticationLevel.single, AuthenticationLevel.double)

    /// Refreshes with other settings than the code was given under.
    private func error(
        _ provider: Provider, _ text: String, _ client: Client, under levels: LevelPolicy
    ) async throws -> OAuthError? {
        let endpoint = TokenEndpoint(
            grants: provider.grants(under: levels), authentication: provider.authentication, issuer: provider.issuer,
            audit: provider.audit)
        do {
            _ = try await endpoint.answer(.refresh(text, by: client), basic: client.basic, at: Provider.noon)
            return nil
        } catch let error as OAuthError {
            return error
        }
    }

    private func token(_ provider: Provider, for client: Client) async throws -> String {
        try await provider.tokens(for: client, ["scope": "openid orders offline_access"]).text("refresh_token")
    }

    @Test("TK11: a scope that began to demand more ends what a weaker sign-in was given")
    func scope() async throws {
        for client in [Client.web, Self.rotating, .spa] {
            let provider = try await Provider([client])
            let text = try await token(provider, for: client)
            for level in [Self.double, AuthenticationLevel.resistant, "urn:unknown"] {
                let refusal = try await error(provider, text, client, under: .init(scopeLevels: ["orders": level]))
                #expect(refusal?.code == .invalidGrant)
                let finding = try #require(refusal?.examination.failed)
                #expect(finding.check == .policy && finding.seen.text.contains(Self.single))
            }
            // Nothing was spent by that: what serves goes on.
            let others: [LevelPolicy] = [
                .init(), .init(scopeLevels: ["email": Self.double]), .init(scopeLevels: ["orders": Self.single]),
            ]
            for serving in others.prefix(client.rotatesRefreshTokens ? 1 : others.count) {
                #expect(try await error(provider, text, client, under: serving) == nil)
            }
        }
    }

    @Test("TK11: a role that began to demand more does so, too, and no role that the person has not")
    func role() async throws {
        let provider = try await Provider([.web])
        #expect(try await provider.store.setRoles([Role("staff")], of: "ann", at: Provider.noon))
        let text = try await token(provider, for: .web)
        for (roles, code) in [
            (["staff": Self.double], OAuthError.Code.invalidGrant), (["staff": "urn:unknown"], .invalidGrant),
            (["other": Self.double, "staff": AuthenticationLevel.resistant], .invalidGrant),
            (["staff": Self.single], nil), (["other": Self.double], nil), ([:], nil),
        ] as [([String: String], OAuthError.Code?)] {
            #expect(try await error(provider, text, .web, under: .init(roleLevels: roles))?.code == code, "\(roles)")
        }
    }

    @Test("The levels that a client asks for by default demand nothing of what was answered with less")
    func defaults() async throws {
        let provider = try await Provider([.web])
        let text = try await token(provider, for: .web)
        for defaults in [[Self.double], [AuthenticationLevel.resistant, Self.double], ["urn:unknown"], []] {
            let client = Client.web.with { $0.policy.defaultLevels = defaults }
            provider.registry.put(client)
            #expect(try await error(provider, text, client, under: .init()) == nil, "\(defaults)")
        }
    }

    @Test("TK8, TK11: a repeated answer is no way around")
    func repeated() async throws {
        let provider = try await Provider([Self.rotating])
        let text = try await token(provider, for: Self.rotating)
        #expect(try await error(provider, text, Self.rotating, under: .init()) == nil)
        #expect(try await error(provider, text, Self.rotating, under: .init()) == nil)
        let stricter = LevelPolicy(scopeLevels: ["orders": Self.double])
        #expect(try await error(provider, text, Self.rotating, under: stricter)?.code == .invalidGrant)
    }

    @Test("Levels that were renamed serve nothing that is demanded, and whatever is not")
    func renamed() async throws {
        let provider = try await Provider([.web])
        let text = try await token(provider, for: .web)
        let metals = DefaultLevelTests.metals
        let demanding = LevelPolicy(levels: metals, scopeLevels: ["orders": "urn:example:bronze"])
        #expect(try await error(provider, text, .web, under: demanding)?.code == .invalidGrant)
        #expect(try await error(provider, text, .web, under: LevelPolicy(levels: metals)) == nil)
    }
}

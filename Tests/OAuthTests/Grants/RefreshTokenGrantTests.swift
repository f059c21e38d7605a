import Identity
import JSON
import OAuth
import TestSupport
import Testing

@Suite("Refreshing: OAuth 2.1 §4.3 (TK6, TK7, TK9-TK11, JW10)")
struct RefreshTokenGrantTests {
    static let rotating = Client.web.with { $0.policy.rotatesRefreshTokens = true }

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

    private func token(
        _ provider: Provider, for client: Client, _ scope: String = "openid email offline_access",
        resource: String = "", by ann: Authentication? = nil
    ) async throws -> String {
        let changes: KeyValuePairs = ["scope": scope, "resource": resource]
        return try await provider.tokens(for: client, changes, by: ann).text("refresh_token")
    }

    @Test("TK7, D3: public clients always rotate, confidential ones when registered so")
    func rotation() async throws {
        for (client, rotates) in [(Client.web, false), (Self.rotating, true), (.spa, true), (.native, true)] {
            let provider = try await Provider([client])
            let first = try await token(provider, for: client)
            let tokens = try await provider.answer(.refresh(first, by: client), from: client)
            #expect((tokens["refresh_token"] != nil) == rotates)
            let again = try await error(provider, .refresh(first, by: client), by: client)
            #expect(again == (rotates ? .invalidGrant : nil))
        }
    }

    @Test("TK7: a spent token revokes the family, the living successor and its access token too")
    func reuse() async throws {
        let provider = try await Provider()
        let first = try await token(provider, for: .spa)
        let second = try await provider.answer(.refresh(first, by: .spa), from: .spa)
        let third = try await provider.answer(.refresh(second.text("refresh_token"), by: .spa), from: .spa)
        #expect(try await provider.reader.live(third.text("access_token"), at: Provider.noon) != nil)
        #expect(try await error(provider, .refresh(first, by: .spa), by: .spa) == .invalidGrant)
        #expect(try await error(provider, .refresh(third.text("refresh_token"), by: .spa), by: .spa) == .invalidGrant)
        #expect(try await provider.reader.live(third.text("access_token"), at: Provider.noon) == nil)
        #expect(
            provider.audit.events.contains { $0.kind == .reuseDetected && $0.details["artefact"] == "refresh_token" })
    }

    @Test("TK7: of 50 refreshes at once one succeeds at most, and no two tokens ever live")
    func race() async throws {
        let provider = try await Provider()
        let first = try await token(provider, for: .spa)
        let successors = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try? await provider.answer(.refresh(first, by: .spa), from: .spa).text("refresh_token")
                }
            }
            return try await group.reduce(into: [String]()) { if let token = $1 { $0.append(token) } }
        }
        #expect(successors.count == 1)
        // The others were a reuse: the family is dead.
        for successor in successors {
            #expect(try await error(provider, .refresh(successor, by: .spa), by: .spa) == .invalidGrant)
        }
    }

    @Test("TK6: another client can neither use a token nor, by trying, kill its family")
    func otherClient() async throws {
        let provider = try await Provider([.spa, .spa.with { $0.id = "thief" }, .web])
        let first = try await token(provider, for: .spa)
        for thief in [Client.spa.with { $0.id = "thief" }, .web] {
            #expect(try await error(provider, .refresh(first, by: thief), by: thief) == .invalidGrant)
        }
        let second = try await provider.answer(.refresh(first, by: .spa), from: .spa).text("refresh_token")
        let thief = Client.spa.with { $0.id = "thief" }
        #expect(try await error(provider, .refresh(first, by: thief), by: thief) == .invalidGrant)
        #expect(try await error(provider, .refresh(second, by: .spa), by: .spa) == nil)
    }

    @Test("TK9: a token unused for 30 days is dead, and each use moves that end")
    func idle() async throws {
        let month: Int64 = 30 * 86_400
        for client in [Client.web, .spa] {
            let provider = try await Provider()
            var text = try await token(provider, for: client)
            let late = Provider.noon + (month - 1)
            let tokens = try await provider.answer(.refresh(text, by: client), from: client, at: late)
            text = tokens["refresh_token"]?.stringValue ?? text
            #expect(
                try await error(provider, .refresh(text, by: client), by: client, at: late + month) == .invalidGrant)
            #expect(try await error(provider, .refresh(text, by: client), by: client, at: late + (month - 1)) == nil)
        }
    }

    @Test("TK9: no token outlives 180 days, however often it is used, nor do the access tokens from it")
    func absolute() async throws {
        for client in [Client.web, .spa] {
            let provider = try await Provider()
            var text = try await token(provider, for: client)
            for month in 1...6 {
                let tokens = try await provider.answer(
                    .refresh(text, by: client), from: client, at: Provider.noon + Int64(month * 29) * 86_400)
                text = tokens["refresh_token"]?.stringValue ?? text
            }
            let end = Provider.noon + 180 * 86_400
            let last = try await provider.answer(.refresh(text, by: client), from: client, at: end + -5)
            #expect(last["expires_in"] == 5)
            #expect(try await provider.reader.read(last.text("access_token"), at: end + -1)?.expiresAt == end)
            text = last["refresh_token"]?.stringValue ?? text
            #expect(try await error(provider, .refresh(text, by: client), by: client, at: end) == .invalidGrant)
        }
    }

    @Test(
        "TK10: scope may be narrowed for one answer, never widened",
        arguments: [
            ("openid", nil), ("email openid", nil), ("", nil), ("openid profile", .invalidScope),
            ("orders", .invalidScope),
            (" ", .invalidScope), ("OPENID", .invalidScope), ("openid\u{301}", .invalidScope),
        ] as [(String, OAuthError.Code?)])
    func scopes(_ scope: String, _ code: OAuthError.Code?) async throws {
        let provider = try await Provider()
        let text = try await token(provider, for: .web)
        #expect(try await error(provider, .refresh(text, by: .web, ["scope": scope]), by: .web) == code)
        let whole = try await provider.answer(.refresh(text, by: .web), from: .web)
        #expect(whole["scope"] == "openid email offline_access")
    }

    @Test("TK15: resource may be narrowed, never widened, and one taken from the client is gone from its tokens")
    func resources() async throws {
        let provider = try await Provider()
        let text = try await token(provider, for: .web, resource: "https://orders.example")
        for (resource, code) in [
            ("https://orders.example", nil), ("https://stock.example", OAuthError.Code.invalidTarget),
            ("https://other.example", .invalidTarget), (Provider.issuer, .invalidTarget),
        ] {
            let parameters = try Parameters.refresh(text, by: .web, ["resource": resource])
            #expect(try await error(provider, parameters, by: .web) == code)
        }
        provider.registry.put(.web.with { $0.policy.resources = ["https://stock.example"] })
        #expect(try await error(provider, .refresh(text, by: .web), by: .web) == .invalidGrant)
    }

    @Test("TK11: person, consent and registration are looked at again")
    func gate() async throws {
        let endings: [@Sendable (Provider) async throws -> Void] = [
            { _ = try await $0.store.setStatus(.disabled, of: "ann", at: Provider.noon) },
            { try await $0.store.revokeGrants(of: "ann", to: "web", at: Provider.noon) },
            { $0.registry.put(.web.with { $0.policy.requiredRoles = ["staff"] }) },
            { $0.registry.put(.web.with { $0.scopes = ["openid", "offline_access"] }) },
        ]
        for end in endings {
            let provider = try await Provider()
            let text = try await token(provider, for: .web)
            try await end(provider)
            #expect(try await error(provider, .refresh(text, by: .web), by: .web) == .invalidGrant)
        }
        let provider = try await Provider()
        let text = try await token(provider, for: .web)
        provider.registry.put(.web.with { $0.grantTypes = [.authorizationCode] })
        #expect(try await error(provider, .refresh(text, by: .web), by: .web) == .unauthorizedClient)
        provider.registry.remove("web")
        #expect(try await error(provider, .refresh(text, by: .web), by: .web) == .invalidClient)
    }

    @Test("A token with offline_access outlives the session it came from (OpenID Connect Core §11)")
    func offline() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        let text = try await token(provider, for: .web, by: ann)
        _ = try await provider.store.end(sessionID: ann.sessionID, of: "ann", at: Provider.noon)
        #expect(try await error(provider, .refresh(text, by: .web), by: .web) == nil)
    }

    @Test("JW10: a refreshed ID token keeps sub, aud, azp, auth_time and sid, and carries no nonce (§12.2)")
    func idToken() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn(at: Provider.noon + -100)
        let first = try await provider.tokens(for: .web, ["scope": "openid offline_access"], by: ann)
        let second = try await provider.answer(
            .refresh(first.text("refresh_token"), by: .web), from: .web, at: Provider.noon + 1000)
        let (old, new) = (try first.claims("id_token"), try second.claims("id_token"))
        for name in ["iss", "sub", "aud", "azp", "auth_time", "sid", "acr", "amr"] { #expect(old[name] == new[name]) }
        #expect(old["nonce"] == "n-0S6" && new["nonce"] == nil)
        #expect(new["iat"] == .integer(Provider.noon.seconds + 1000))
    }

    @Test("TK21, JW4: what is not exactly a refresh token is none")
    func malformed() async throws {
        let provider = try await Provider()
        let text = try await token(provider, for: .web)
        for other in ["x", text + "A", String(text.dropLast()), text.uppercased(), "mac_" + text.dropFirst(4)] {
            #expect(try await error(provider, .refresh(other, by: .web), by: .web) == .invalidGrant)
        }
        #expect(try await error(provider, .refresh("", by: .web), by: .web) == .invalidRequest)
    }
}

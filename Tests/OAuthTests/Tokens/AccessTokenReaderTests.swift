import Cryptography
import Identity
import JOSE
import JSON
import Synchronization
import TestSupport
import Testing

@testable import OAuth

@Suite("Reading access tokens: RFC 9068 §4 (TK14, TK16, TK21, JW3, JW4)")
struct AccessTokenReaderTests {
    static let formats: [Client] = ClientPolicy.AccessTokenFormat.allCases.map { format in
        Client.web.with { $0.policy.accessTokenFormat = format }
    }

    @Test("A token of either form is alive until its end, to the second", arguments: formats)
    func expiry(_ client: Client) async throws {
        let provider = try await Provider([client])
        let text = try await provider.tokens(for: client).text("access_token")
        for (age, isLive) in [(0, true), (599, true), (600, false), (601, false)] as [(Int64, Bool)] {
            #expect((try await provider.reader.live(text, at: Provider.noon + age) != nil) == isLive)
        }
        #expect(try await provider.reader.live(text, at: Provider.noon)?.audience == [Provider.issuer])
    }

    @Test("TK14, SE6: revoking, signing out, withdrawing consent and disabling show at once", arguments: formats)
    func endings(_ client: Client) async throws {
        let endings: [@Sendable (Provider, Authentication, AccessToken) async throws -> Void] = [
            { provider, _, token in
                try await provider.store.revokeAccessToken(id: token.id, until: token.expiresAt, at: Provider.noon)
            },
            { provider, _, token in
                try await provider.store.revokeGrant(token.grantID ?? "", because: .revokedByClient, at: Provider.noon)
            },
            { provider, ann, _ in
                _ = try await provider.store.end(sessionID: ann.sessionID, of: "ann", at: Provider.noon)
            },
            { provider, _, _ in try await provider.store.revokeGrants(of: "ann", to: "web", at: Provider.noon) },
            { provider, _, _ in _ = try await provider.store.setStatus(.disabled, of: "ann", at: Provider.noon) },
        ]
        for end in endings {
            let provider = try await Provider([client])
            let ann = try await provider.signIn()
            let text = try await provider.tokens(for: client, by: ann).text("access_token")
            let token = try #require(try await provider.reader.live(text, at: Provider.noon))
            try await end(provider, ann, token)
            #expect(try await provider.reader.live(text, at: Provider.noon) == nil)
        }
    }

    /// A process that has not seen the newest key yet.
    private struct LateKeys: KeyRingSource {
        struct Away: Error {}

        let keyRing: KeyRing
        let newest: KeyRing?

        func newestKeyRing(at now: Instant) throws -> KeyRing {
            guard let newest else { throw Away() }
            return newest
        }
    }

    @Test("OP5: a token by a key that is not known here yet is alive; where nobody can say, nothing is said of it")
    func late() async throws {
        let client = Client.web.with { $0.policy.accessTokenFormat = .jwt }
        let provider = try await Provider([client])
        let text = try await provider.tokens(for: client).text("access_token")
        let (none, all) = (KeyRing(signing: [], published: []), try FixedKeys().keyRing)
        func reader(_ known: KeyRing, newest: KeyRing?) -> AccessTokenReader {
            AccessTokenReader(
                issuer: Provider.issuer, keys: LateKeys(keyRing: known, newest: newest), grants: provider.store,
                registry: provider.registry)
        }
        #expect(try await reader(none, newest: all).live(text, at: Provider.noon) != nil)
        #expect(try await reader(none, newest: none).live(text, at: Provider.noon) == nil)
        await #expect(throws: LateKeys.Away.self) { try await reader(none, newest: nil).live(text, at: Provider.noon) }
        let forged = text.dropLast(4) + "AAAA"
        #expect(try await reader(all, newest: nil).live(String(forged), at: Provider.noon) == nil, "its key is known")
        #expect(try await reader(none, newest: all).live(String(forged), at: Provider.noon) == nil)
    }

    private final class ChangingKeys: KeyRingSource {
        private let ring: Mutex<KeyRing>

        init(_ ring: KeyRing) { self.ring = Mutex(ring) }

        var keyRing: KeyRing {
            get { ring.withLock { $0 } }
            set { ring.withLock { $0 = newValue } }
        }

        func newestKeyRing(at now: Instant) -> KeyRing { keyRing }
    }

    @Test("TK14, JW3, JW8: that a signature was good is remembered, and nothing else is taken on trust for it")
    func verifiedBefore() async throws {
        let client = Client.web.with { $0.policy.accessTokenFormat = .jwt }
        let provider = try await Provider([client])
        let text = try await provider.tokens(for: client).text("access_token")
        let keys = ChangingKeys(try FixedKeys().keyRing)
        let reader = AccessTokenReader(
            issuer: Provider.issuer, keys: keys, grants: provider.store, registry: provider.registry)
        let token = try #require(try await reader.live(text, at: Provider.noon))
        #expect(try await reader.live(text, at: Provider.noon) == token, "the second time it is remembered")
        #expect(try await reader.live(text, at: Provider.noon + 600) == nil, "it ends when it ends")
        #expect(try await reader.live(text, at: Provider.noon + -11) == nil, "it is from the future")
        #expect(try await reader.live(String(text.dropLast(4)) + "AAAA", at: Provider.noon) == nil, "another signature")
        let all = keys.keyRing
        keys.keyRing = KeyRing(signing: [], published: [])
        #expect(try await reader.live(text, at: Provider.noon) == nil, "its key is published no more")
        keys.keyRing = all
        #expect(try await reader.live(text, at: Provider.noon) == token)
        try await provider.store.revokeAccessToken(id: token.id, until: token.expiresAt, at: Provider.noon)
        #expect(try await reader.live(text, at: Provider.noon) == nil, "it is revoked")
    }

    @Test("TK14: however many different tokens come, so many are remembered; and none that is refused")
    func remembered() async throws {
        let client = Client.web.with { $0.policy.accessTokenFormat = .jwt }
        let provider = try await Provider([client])
        let verified = VerifiedTokens(most: 3)
        let reader = AccessTokenReader(
            issuer: Provider.issuer, keys: provider.keys, grants: provider.store, registry: provider.registry,
            remembering: verified)
        let good = try await provider.tokens(for: client).claims("access_token")
        let key = try #require(provider.keys.keyRing.signingKey(.es256))
        _ = try await reader.live("e30.e30.AAAA", at: Provider.noon)
        #expect(verified.count == 0)
        var long = good
        long["note"] = .string(String(repeating: "long ", count: 1000))
        let text = try JWT.signed(claims: long.bytes(), type: .accessToken, by: key)
        #expect(try await reader.live(text, at: Provider.noon) != nil && verified.count == 0)
        for _ in 1...20 {
            // ES256 signs differently each time.
            let text = try JWT.signed(claims: good.bytes(), type: .accessToken, by: key)
            #expect(try await reader.live(text, at: Provider.noon) != nil)
            #expect((1...6).contains(verified.count))
        }
    }

    @Test("TK14: with its registration end a client's tokens, its own ones too", arguments: formats)
    func removedClient(_ client: Client) async throws {
        let provider = try await Provider([client, .api])
        let asking = try Parameters([(name: "grant_type", value: "client_credentials")])
        let own = try await provider.answer(asking, from: .api)
        let texts = [try await provider.tokens(for: client).text("access_token"), try own.text("access_token")]
        for text in texts { #expect(try await provider.reader.live(text, at: Provider.noon) != nil) }
        provider.registry.remove(client.id)
        provider.registry.remove(Client.api.id)
        for text in texts { #expect(try await provider.reader.live(text, at: Provider.noon) == nil) }
    }

    @Test("TK16: an ID token, a logout token and a token of no type are no access tokens")
    func types() async throws {
        let provider = try await Provider()
        let tokens = try await provider.tokens(for: .web, ["scope": "openid offline_access"])
        for name in ["id_token", "refresh_token"] {
            #expect(try await provider.reader.live(tokens.text(name), at: Provider.noon) == nil)
        }
        let claims = try JWS(compact: tokens.text("access_token")).payload
        let key = try #require(provider.keys.keyRing.signingKey(.es256))
        for (type, isLive) in [(TokenType.accessToken, true), (.idToken, false), (.logoutToken, false)] {
            let text = try JWT.signed(claims: claims, type: type, by: key)
            #expect((try await provider.reader.live(text, at: Provider.noon) != nil) == isLive)
        }
    }

    @Test("JW3: signed by us, but for another issuer or without what ours always have, a token is none")
    func claims() async throws {
        let provider = try await Provider()
        let good = try await provider.tokens(for: .web).claims("access_token")
        let key = try #require(provider.keys.keyRing.signingKey(.es256))
        let now = Provider.noon.seconds
        var spoiled: [(String, JSONValue?)] = ["iss", "sub", "aud", "client_id", "exp", "iat", "jti", "scope"].map {
            ($0, nil)
        }
        spoiled += [
            ("iss", "https://evil.example"), ("iss", .string(Provider.issuer + "/")), ("exp", .integer(now)),
            ("exp", "never"), ("exp", .real(1e300)), ("iat", .integer(now + 11)), ("nbf", .integer(now + 11)),
            ("scope", "öpen"),
            ("aud", "a string"), ("jti", "unknown-grant.x"), ("jti", 5),
        ]
        for (name, value) in spoiled {
            var claims = good
            claims[name] = value
            let text = try JWT.signed(claims: claims.bytes(), type: .accessToken, by: key)
            #expect(try await provider.reader.live(text, at: Provider.noon) == nil, "\(name)")
        }
        for ahead in [Int64(0), 10] {
            var claims = good
            claims["iat"] = .integer(now + ahead)
            let text = try JWT.signed(claims: claims.bytes(), type: .accessToken, by: key)
            #expect(try await provider.reader.live(text, at: Provider.noon) != nil)
        }
    }

    @Test("JW1, TK21: signed by a stranger, unsigned, cut, lengthened or re-cased, a token is none")
    func signatures() async throws {
        let provider = try await Provider()
        let good = try await provider.tokens(for: .web).text("access_token")
        let parts = good.split(separator: ".")
        let stranger = try SigningKey(privateKey: .generate(.p256), algorithm: .es256)
        let none = Base64URL.encode(Array(#"{"alg":"none","typ":"at+jwt"}"#.utf8))
        let spoiled = try [
            JWT.signed(claims: JWS(compact: good).payload, type: .accessToken, by: stranger), "\(none).\(parts[1]).",
            "\(none).\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).", String(good.dropLast()), good + "A",
            good + ".",
            good.uppercased(), "", ".", "..", String(repeating: "A", count: 20_000),
        ]
        for text in spoiled { #expect(try await provider.reader.live(text, at: Provider.noon) == nil) }
    }

    @Test("TK21: an opaque token cut, lengthened, re-cased or of another kind is none")
    func opaque() async throws {
        let client = Client.web.with { $0.policy.accessTokenFormat = .opaque }
        let provider = try await Provider([client])
        let good = try await provider.tokens(for: client).text("access_token")
        for text in [String(good.dropLast()), good + "A", "mrt_" + good.dropFirst(4), good.uppercased()] {
            #expect(try await provider.reader.live(text, at: Provider.noon) == nil)
        }
    }
}

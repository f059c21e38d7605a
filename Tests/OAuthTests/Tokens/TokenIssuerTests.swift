import Cryptography
import JOSE
import JSON
import OAuth
import TestSupport
import Testing

@Suite("The mint: RFC 6749 §5.1, RFC 9068 §2, OpenID Connect Core §2 (JW5, TK15, TK16, TK23)")
struct TokenIssuerTests {
    @Test(
        "JW5: an ID token says what it must, signed as the client is registered for",
        arguments: SignatureAlgorithm.allCases)
    func idToken(_ algorithm: SignatureAlgorithm) async throws {
        let client = Client.web.with { $0.idTokenAlgorithm = algorithm }
        let provider = try await Provider([client])
        let ann = try await provider.signIn(session: "sid", at: Provider.noon + -30)
        let tokens = try await provider.tokens(for: client, by: ann)
        let text = try tokens.text("id_token")
        #expect(try JWS(compact: text).algorithm == algorithm)
        let claims = try JWTVerification(type: .idToken).verify(text, keys: provider.keys.keyRing).claims
        let now = Provider.noon.seconds
        #expect(
            claims == [
                "iss": .string(Provider.issuer), "sub": "ann", "aud": "web", "azp": "web", "exp": .integer(now + 600),
                "iat": .integer(now), "nonce": "n-0S6", "auth_time": .integer(now - 30),
                "acr": .string(AuthenticationLevel.single), "amr": ["pwd"], "sid": "sid",
                "at_hash": .string(try atHash(of: tokens.text("access_token"), algorithm)),
            ])
    }

    /// OpenID Connect Core §3.1.3.6, written out a second time.
    private func atHash(of token: String, _ algorithm: SignatureAlgorithm) -> String {
        let digest = algorithm == .edDSA ? SHA512.digest(Array(token.utf8)) : SHA256.digest(Array(token.utf8))
        return Base64URL.encode(Array(digest[..<(digest.count / 2)]))
    }

    @Test("TK15: an access token says what RFC 9068 asks for, is typed at+jwt and signed with ES256 (D5)")
    func accessToken() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn(session: "sid")
        let text = try await provider.tokens(for: .web, ["scope": "openid orders"], by: ann).text("access_token")
        let jws = try JWS(compact: text)
        #expect(jws.algorithm == .es256 && jws.type == "at+jwt" && jws.keyID != nil)
        let claims = try JWTVerification(type: .accessToken).verify(text, keys: provider.keys.keyRing).claims
        let now = Provider.noon.seconds
        let expected: JSONObject = [
            "iss": .string(Provider.issuer), "sub": "ann", "aud": [.string(Provider.issuer)], "client_id": "web",
            "exp": .integer(now + 600), "iat": .integer(now), "scope": "openid orders", "auth_time": .integer(now),
            "acr": .string(AuthenticationLevel.single), "amr": ["pwd"], "sid": "sid",
            "jti": claims["jti"] ?? .null,
        ]
        #expect(claims == expected)
        let id = try #require(claims["jti"]?.stringValue)
        #expect(try await provider.store.grant(#require(AccessTokenID.grantID(of: id)))?.clientID == "web")
    }

    @Test("TK15: an access token lives ten minutes, as registered, or a quarter of an hour at most")
    func lifetimes() async throws {
        for (registered, lifetime) in [(nil, 600), (300, 300), (900, 900), (901, 900), (.max, 900)] as [(Int64?, Int64)]
        {
            for format in ClientPolicy.AccessTokenFormat.allCases {
                let client = Client.web.with {
                    $0.policy.accessTokenLifetime = registered
                    $0.policy.accessTokenFormat = format
                }
                let provider = try await Provider([client])
                let tokens = try await provider.tokens(for: client)
                #expect(tokens["expires_in"] == .integer(lifetime))
                let token = try await provider.reader.read(tokens.text("access_token"), at: Provider.noon)
                #expect(token?.expiresAt == Provider.noon + lifetime)
            }
        }
        var long = TokenLifetimes()
        long.accessToken = 86_400
        #expect(long.accessToken(for: .web) == 900)
        #expect(long.longestToken == 900)
    }

    @Test("TK9: an access token ends with its grant at the latest, whichever form it has")
    func endOfGrant() async throws {
        for format in ClientPolicy.AccessTokenFormat.allCases {
            let client = Client.web.with { $0.policy.accessTokenFormat = format }
            var short = TokenLifetimes()
            short.onlineGrant = 100
            let provider = try await Provider([client], lifetimes: short)
            let tokens = try await provider.tokens(for: client)
            #expect(tokens["expires_in"] == 100)
            let token = try await provider.reader.read(tokens.text("access_token"), at: Provider.noon)
            #expect(token?.expiresAt == Provider.noon + 100)
        }
    }

    @Test("TK23: roles are in an access token only when they were allowed")
    func roles() async throws {
        let provider = try await Provider()
        _ = try await provider.store.setRoles([.init("staff")], of: "ann", at: Provider.noon)
        for (scope, roles) in [("openid", nil), ("openid roles", ["staff"])] as [(String, JSONValue?)] {
            let tokens = try await provider.tokens(for: .web, ["scope": scope])
            #expect(try tokens.claims("access_token")["roles"] == roles)
        }
    }

    @Test(
        "JW7: claims stand in an ID token when the client asked for each, or is registered for all, and the scope allows them"
    )
    func claims() async throws {
        let asked = #"{"id_token":{"email":null,"name":null,"sub":null,"iss":null,"password_hash":null}}"#
        let telling = Client.web.with { $0.policy.claimsInIDToken = true }
        let cases: [(Client, String, String, [String])] = [
            (.web, "openid email profile", "", []), (.web, "openid email", asked, ["email"]),
            (.web, "openid", asked, []), (.web, "openid email profile", asked, ["name", "email"]),
            (telling, "openid email", "", ["email", "email_verified"]), (telling, "openid", asked, []),
        ]
        for (client, scope, request, released) in cases {
            let provider = try await Provider([client])
            let tokens = try await provider.tokens(for: client, ["scope": scope, "claims": request])
            let fixed: Set = [
                "iss", "sub", "aud", "azp", "exp", "iat", "nonce", "at_hash", "auth_time", "acr", "amr", "sid",
            ]
            let claims = try tokens.claims("id_token")
            #expect(claims.keys.filter { !fixed.contains($0) } == released)
            #expect(claims["sub"] == "ann" && claims["iss"] == .string(Provider.issuer))
        }
    }

    @Test("TK23: without openid there is no ID token; without nonce there is none in it")
    func leftOut() async throws {
        let provider = try await Provider()
        #expect(try await provider.tokens(for: .web, ["scope": "email"])["id_token"] == nil)
        #expect(try await provider.tokens(for: .web, ["nonce": ""]).claims("id_token")["nonce"] == nil)
    }

    @Test("A text cannot break out of a claim")
    func escaping() async throws {
        let nonce = "\",\"sub\":\"ben\u{7}\\é"
        let provider = try await Provider()
        let claims = try await provider.tokens(for: .web, ["nonce": nonce]).claims("id_token")
        #expect(claims["nonce"] == .string(nonce) && claims["sub"] == "ann")
    }

    @Test("JW1: an algorithm without a key is an error of the server, never another algorithm")
    func missingKey() async throws {
        let provider = try await Provider()
        let issuer = TokenIssuer(
            issuer: Provider.issuer, keys: try FixedKeys([.rs256]), random: provider.random,
            lifetimes: TokenLifetimes(), accessTokenAlgorithm: .es256)
        let order = TokenOrder(
            client: .api, grant: nil, subject: nil, scopes: [], audience: [], wantsRefreshToken: true, nonce: nil)
        let tokens = try issuer.prepare(order, at: Provider.noon)
        #expect(tokens.kept.refreshToken == nil)
        do {
            _ = try issuer.issue(tokens, at: Provider.noon)
            Issue.record("a token was signed")
        } catch let error as OAuthError {
            #expect(error.code == .serverError)
        }
    }
}

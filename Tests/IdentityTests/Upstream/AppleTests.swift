import Cryptography
import Identity
import JOSE
import JSON
import OAuth
import Testing

@Suite("SO3, SO4: Apple")
struct AppleTests {
    private static let home = "https://appleid.apple.com"
    private let key: PrivateKey
    private let stage: OpenIDStage

    init() throws {
        let key = try PrivateKey.generate(.p256)
        let pem = try key.pem()
        self.key = key
        stage = try OpenIDStage(
            .sample(.apple) {
                ($0.clientSecret, $0.team, $0.keyID) = (pem, "TEAM123456", "KEY1234567")
            }, issuer: Self.home)
        stage.rewrite { $0.discovery["token_endpoint_auth_methods_supported"] = ["client_secret_post"] }
    }

    @Test("The browser brings the answer back as a form")
    func address() async throws {
        let (_, parameters) = try await stage.conversation.address(stage.secrets, hint: "a@example.com")
        #expect(parameters["response_mode"] == "form_post" && parameters["scope"] == "openid email name")
        #expect(parameters["nonce"] == stage.secrets.nonce && parameters["login_hint"] == nil)
    }

    @Test("The secret is an assertion of the team, signed for this exchange, good for five minutes")
    func assertion() async throws {
        _ = try await stage.person()
        let form = try #require(stage.upstream.requests(to: "\(Self.home)/token").first).form
        let pair = try #require(form.split(separator: "&").first { $0.hasPrefix("client_secret=") })
        let compact = String(pair.dropFirst("client_secret=".count))
        let jwk = JWK(publicKey: key.publicKey, algorithm: .es256, keyID: "KEY1234567")
        let token = try JWTVerification(types: ["JWT"]).verify(compact, keys: JWKSet(keys: [jwk]))
        #expect(token.keyID == "KEY1234567")
        let expected: JSONObject = [
            "iss": "TEAM123456", "sub": "client-1", "aud": .string(Self.home),
            "iat": .integer(Instant.sample.seconds), "exp": .integer(Instant.sample.seconds + 300),
        ]
        #expect(token.claims == expected)
        #expect(!form.contains("PRIVATE") && form.contains("client_id=client-1"))
    }

    @Test("The name it sends along is what somebody typed: a name that fits, or none")
    func names() async throws {
        let cases: [(String?, name: String?)] = [
            (#"{"name":{"firstName":"Ada","lastName":"Lovelace"}}"#, "Ada Lovelace"),
            (#"{"name":{"firstName":"Ada"},"email":"victim@example.com"}"#, "Ada"),
            (#"{"name":{"firstName":"A\u202eb","lastName":"Lovelace"}}"#, "Lovelace"),
            (#"{"name":{"firstName":"A\nb"}}"#, nil), (#"{"name":"Ada"}"#, nil), ("", nil), ("[]", nil), (nil, nil),
            (#"{"name":{"firstName":"Ada","firstName":"Eve"}}"#, nil),
            (#"{"name":{"firstName":"\#(String(repeating: "a", count: 101))"}}"#, nil),
            (#"{"name":{"firstName":"\#(String(repeating: "a", count: 5000))"}}"#, nil),
            (String(repeating: #"{"name":"#, count: 300), nil),
        ]
        for (user, name) in cases {
            let person = try await stage.person(user)
            #expect(person.name == name && person.email?.typed == "anna@example.com", "\(user ?? "absent")")
        }
    }

    @Test("SO3: email_verified may be a text")
    func proofs() async throws {
        for (mark, isProven) in [(true, true), ("true", true), (false, false), ("false", false), (1, false)]
            as [(JSONValue, Bool)]
        {
            stage.rewrite { $0.claims["email_verified"] = mark }
            #expect(try await stage.person().isEmailVerified == isProven)
        }
    }

    @Test("A key that is none, or of another kind, is said in a sentence and asked with nowhere")
    func wrongKeys() async throws {
        let rsa = try PrivateKey.generate(.ed25519).pem()
        for secret in ["", "secret", rsa] {
            let provider = UpstreamProvider.sample(.apple) {
                ($0.clientSecret, $0.team, $0.keyID) = (secret, "TEAM123456", "KEY1234567")
            }
            let wrong = try OpenIDStage(provider, issuer: Self.home)
            #expect(await wrong.fault()?.reason == "exchange")
            #expect(wrong.upstream.requests(to: "\(Self.home)/token").isEmpty)
            let faults = await wrong.conversation.faults(returnTo: UpstreamProvider.returnTo, at: .sample)
            #expect(faults.count == 1 && faults.first?.contains(".p8") == true)
        }
        let bare = try OpenIDStage(.sample(.apple), issuer: Self.home)
        let faults = await bare.conversation.faults(returnTo: UpstreamProvider.returnTo, at: .sample)
        #expect(faults.first?.contains("key_id") == true)
    }
}

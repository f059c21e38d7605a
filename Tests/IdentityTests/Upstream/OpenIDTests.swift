import Cryptography
import Identity
import JOSE
import JSON
import OAuth
import Testing

@Suite("B011: any provider of OpenID Connect, and GitLab")
struct OpenIDTests {
    @Test("SO4: who it is follows from the ID token; the rest may come from the userinfo endpoint")
    func person() async throws {
        let stage = try OpenIDStage()
        let person = try await stage.person()
        #expect(person.key == UpstreamIdentity.Key(provider: "openid-1", subject: "anna-1"))
        #expect(person.provenEmail?.typed == "anna@example.com" && person.name == "Anna Example")
        let asked = try #require(stage.upstream.requests(to: "https://op.example/userinfo").first)
        #expect(asked.header("Authorization") == "Bearer access-1")
    }

    @Test("Each algorithm with a private key is believed", arguments: SignatureAlgorithm.allCases)
    func algorithms(algorithm: SignatureAlgorithm) async throws {
        let stage = try OpenIDStage(algorithm: algorithm)
        let bytes = Array("access-1".utf8)
        let digest = algorithm == .edDSA ? SHA512.digest(bytes) : SHA256.digest(bytes)
        stage.rewrite { $0.claims["at_hash"] = .string(Base64URL.encode(Array(digest.prefix(digest.count / 2)))) }
        #expect(try await stage.person().key.subject == "anna-1")
    }

    @Test("SO4: userinfo of another subject, or of none, is nobody's")
    func userInfo() async throws {
        let stage = try OpenIDStage()
        for sub: JSONValue? in [nil, "", "anna-2", "ANNA-1", "anna-1 ", 1, ["anna-1"]] {
            stage.rewrite { $0.userInfo["sub"] = sub }
            #expect(await stage.fault()?.reason == "identity", "\(sub?.text ?? "absent")")
        }
        stage.upstream.on("https://op.example/userinfo", status: 401, ["error": "invalid_token"])
        #expect(await stage.fault()?.reason == "answer")
    }

    @Test("SO3: address and proof are of one document: one says nothing of the other's address")
    func mailboxes() async throws {
        let stage = try OpenIDStage()
        stage.rewrite {
            $0.claims["email_verified"] = nil
            $0.userInfo["email_verified"] = true
            $0.userInfo["email"] = "victim@example.com"
        }
        var person = try await stage.person()
        #expect(person.email?.typed == "anna@example.com" && person.provenEmail == nil)
        stage.rewrite { $0.claims["email"] = nil }
        person = try await stage.person()
        #expect(person.provenEmail?.typed == "victim@example.com")
        stage.rewrite {
            $0.claims["email_verified"] = true
            $0.userInfo["email_verified"] = nil
        }
        #expect(try await stage.person().provenEmail == nil)
    }

    @Test("Names that nobody could show are left out, and nobody is refused for theirs")
    func names() async throws {
        let stage = try OpenIDStage()
        for name: JSONValue in ["", "a\nb", "\u{202E}evil", 7, .string(String(repeating: "x", count: 101))] {
            stage.rewrite {
                $0.userInfo["name"] = name
                $0.claims["preferred_username"] = name
            }
            let person = try await stage.person()
            #expect(person.name == nil && person.label?.contains("\n") != true)
        }
    }

    @Test("The secret goes the way its discovery says, and nowhere if there is none")
    func authentication() async throws {
        let methods: [(JSONValue?, isBasic: Bool)] = [
            (nil, true), (["client_secret_basic"], true), (["client_secret_post"], false),
            (["client_secret_basic", "client_secret_post"], false),
        ]
        for (method, isBasic) in methods {
            let stage = try OpenIDStage()
            stage.rewrite { $0.discovery["token_endpoint_auth_methods_supported"] = method }
            _ = try await stage.person()
            let request = try #require(stage.upstream.requests(to: "https://op.example/token").first)
            let pair = Base64.encode(Array("client-1:\(UpstreamProvider.secret)".utf8))
            #expect(request.header("Authorization") == (isBasic ? "Basic \(pair)" : nil))
            #expect(request.form.contains("client_secret=") == !isBasic)
        }
        let stage = try OpenIDStage()
        stage.rewrite { $0.discovery["token_endpoint_auth_methods_supported"] = ["private_key_jwt"] }
        #expect(await stage.fault()?.reason == "answer")
    }

    @Test("S256 is left out where the provider says which it knows, and that is not among them")
    func proofKeys() async throws {
        for (methods, sends) in [(nil, true), (["S256", "plain"], true), (["plain"], false)] as [(JSONValue?, Bool)] {
            let stage = try OpenIDStage()
            stage.rewrite { $0.discovery["code_challenge_methods_supported"] = methods }
            let parameters = try await stage.conversation.address(stage.secrets).parameters
            _ = try await stage.person()
            let form = try #require(stage.upstream.requests(to: "https://op.example/token").first).form
            #expect((parameters["code_challenge"] != nil) == sends && form.contains("code_verifier=") == sends)
        }
    }

    @Test("`openid` is asked for whatever the settings say")
    func scopes() async throws {
        let stage = try OpenIDStage(.sample(.openid) { ($0.issuer, $0.scopes) = ("https://op.example", ["email"]) })
        #expect(try await stage.conversation.address(stage.secrets).parameters["scope"] == "openid email")
    }

    @Test("GitLab: discovered at its base address, claims alone")
    func gitLab() async throws {
        let stage = try OpenIDStage(
            .sample(.gitlab) { $0.baseURL = "https://git.example.org/" }, issuer: "https://git.example.org")
        let person = try await stage.person()
        #expect(person.key.subject == "anna-1" && person.provenEmail != nil)
        #expect(
            try await stage.conversation.address(stage.secrets, hint: "x@y.example").parameters["login_hint"] == nil)
    }

    @Test("SO11: tokens are dropped, or kept where the settings say so, without the ID token")
    func tokens() async throws {
        #expect(try await OpenIDStage().person().tokens == nil)
        let stage = try OpenIDStage(.sample(.openid) { ($0.issuer, $0.keepsTokens) = ("https://op.example", true) })
        stage.rewrite { $0.tokens["refresh_token"] = "refresh-1" }
        let kept = try JSONValue(parsing: try #require(try await stage.person().tokens))
        #expect(
            kept == [
                "access_token": "access-1", "refresh_token": "refresh-1",
                "expires_at": .integer(Instant.sample.seconds + 3600),
            ])
    }
}

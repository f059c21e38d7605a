import Identity
import JSON
import OAuth
import Testing

@Suite("SO7: what the browser brings back")
struct CallbackTests {
    private let upstream = ScriptedUpstream()
    private let secrets: UpstreamSecrets

    init() throws { secrets = try .sample() }

    private func gitHub() -> any UpstreamConversation {
        UpstreamConversations.make(.sample(.github), fetcher: upstream)
    }

    @Test("A no is a no, and asks nobody", arguments: ["access_denied", "user_cancelled_authorize"])
    func denied(error: String) async {
        #expect(await gitHub().fault(secrets, code: nil, error: error) == .denied)
        #expect(await gitHub().fault(secrets, code: "code-1", error: error) == .denied)
        #expect(upstream.requests.isEmpty)
    }

    @Test(
        "Another error is told by its name, cut and harmless",
        arguments: [
            ("server_error", "refused: server_error"), ("Access_Denied", "refused: Access_Denied"), ("", "refused: "),
            ("\u{1b}[31m", "refused: \\u{1b}[31m"),
            (String(repeating: "x ", count: 500), "refused: " + String(repeating: "x ", count: 150) + "…"),
        ])
    func refused(error: String, words: String) async {
        #expect(await gitHub().fault(secrets, error: error)?.words == words)
        #expect(upstream.requests.isEmpty)
    }

    @Test("Neither code nor error, or a code that could be none, asks nobody")
    func codes() async {
        for code in [nil, "", "a\nb", "ä", String(repeating: "a", count: 4097)] {
            #expect(await gitHub().fault(secrets, code: code)?.reason == "answer")
        }
        #expect(upstream.requests.isEmpty)
    }

    @Test(
        "Another issuer than the provider's is a mix-up: the code goes nowhere",
        arguments: [
            "https://evil.example", "https://github.com", "https://github.com/login/oauth/", "", "null",
            "HTTPS://github.com/login/oauth",
        ])
    func mixUp(iss: String) async {
        #expect(await gitHub().fault(secrets, iss: iss)?.reason == "issuer")
        #expect(upstream.requests.isEmpty)
    }

    @Test("Where discovery promises an issuer in each answer, one without is refused")
    func missingIssuer() async throws {
        let stage = try OpenIDStage()
        #expect(await stage.fault() == nil)
        let promising = try OpenIDStage()
        promising.rewrite { $0.discovery["authorization_response_iss_parameter_supported"] = true }
        #expect(await promising.fault()?.words == "issuer: iss is missing, https://op.example was expected")
        #expect(await promising.fault(iss: "https://evil.example")?.reason == "issuer")
        #expect(promising.upstream.requests(to: "https://op.example/token").isEmpty)
        #expect(await promising.fault(iss: "https://op.example") == nil)
    }

    @Test("Facebook and Discord: theirs or none", arguments: [UpstreamProvider.Kind.facebook, .discord])
    func others(kind: UpstreamProvider.Kind) async {
        let conversation = UpstreamConversations.make(.sample(kind), fetcher: upstream)
        #expect(await conversation.fault(secrets, iss: "https://evil.example")?.reason == "issuer")
        #expect(upstream.requests.isEmpty)
    }

    @Test("CF3: a code, a secret or a token is in no fault")
    func secrets() async {
        let token = "https://github.com/login/oauth/access_token"
        let code = "Zq83jfPq0sLmNx72Kd93jfPq0sLmNx72"
        let answers: [JSONValue] = [
            ["error": .string(code)], ["error": .string(UpstreamProvider.secret)], ["token_type": .string(code)],
            ["access_token": .string(code + "\n")], ["access_token": .string(code), "token_type": .string(code)],
        ]
        for answer in answers {
            upstream.on(token, answer)
            let words = await gitHub().fault(secrets, code: code)?.words ?? ""
            #expect(words.hasPrefix("exchange: ") && !words.contains(code), "\(words)")
            #expect(!words.contains(UpstreamProvider.secret), "\(words)")
        }
        #expect(await gitHub().fault(secrets, error: code)?.words == "refused: [concealed]")
    }
}

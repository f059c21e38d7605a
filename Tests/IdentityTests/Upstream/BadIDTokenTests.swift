import Identity
import JSON
import OAuth
import Testing

@Suite("SO4: ID tokens that nobody comes in by")
struct BadIDTokenTests {
    @Test("Each is refused by the check that is for it", arguments: BadIDToken.claims)
    func claims(token: BadIDToken) async throws { try await refused(token) }

    @Test("No key of one's own, none at all, and no other algorithm", arguments: BadIDToken.forgeries)
    func forgeries(token: BadIDToken) async throws { try await refused(token) }

    @Test("What is no token is none", arguments: BadIDToken.shapes)
    func shapes(token: BadIDToken) async throws { try await refused(token) }

    private func refused(_ token: BadIDToken) async throws {
        let stage = try OpenIDStage()
        let compact = try token.compact(stage)
        stage.rewrite { $0.idToken = compact }
        let words = try #require(await stage.fault()).words
        #expect(words.hasPrefix("id_token: ") && words.contains(token.told), "\(words)")
        for secret in [stage.secrets.nonce, stage.secrets.state, "access-1", UpstreamProvider.secret] {
            #expect(!words.contains(secret))
        }
        // Nobody's claims are asked for with it.
        #expect(stage.upstream.requests(to: "https://op.example/userinfo").isEmpty)
    }

    @Test("There is none in the answer, or it is no text")
    func missing() async throws {
        let stage = try OpenIDStage()
        for value: JSONValue? in [nil, 7, .null, ["a"]] {
            stage.upstream.on("https://op.example/token") { _ in
                var tokens: JSONObject = ["access_token": "access-1", "token_type": "Bearer"]
                tokens["id_token"] = value
                return .json(.object(tokens))
            }
            #expect(await stage.fault()?.words == "id_token: there is none")
        }
    }

    @Test("Clocks may differ by a minute, both ways; several audiences need azp, and have it")
    func tolerance() async throws {
        let now = Instant.sample.seconds
        let stage = try OpenIDStage()
        let changes: [JSONObject] = [
            ["exp": .integer(now - 59)], ["iat": .integer(now + 60), "nbf": .integer(now + 60)],
            ["exp": .real(Double(now) + 0.5)], ["aud": ["client-1"]], ["aud": "client-1", "azp": "client-1"],
            ["aud": ["client-2", "client-1"], "azp": "client-1"],
            ["sub": .string(String(repeating: "a", count: 255))],
        ]
        for change in changes {
            let fresh = try OpenIDStage()
            fresh.rewrite { script in
                for member in change.members { script.claims[member.key] = member.value }
                script.userInfo["sub"] = script.claims["sub"]
            }
            #expect(await fresh.fault() == nil, "\(JSONValue.object(change).text)")
        }
        #expect(await stage.fault() == nil)
    }

    @Test("The token of another sign-in, with its own nonce, is another's")
    func replay() async throws {
        let one = try OpenIDStage()
        let other = try UpstreamSecrets.sample()
        one.rewrite { $0.claims["nonce"] = .string(other.nonce) }
        #expect(await one.fault()?.words == "id_token: nonce is another than that of the request")
    }
}

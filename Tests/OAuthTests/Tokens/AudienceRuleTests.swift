import OAuth
import Testing

@Suite("Which resources a token is for: RFC 8707 (TK15)")
struct AudienceRuleTests {
    @Test(
        "An indicator is an absolute URI without a fragment (§2)",
        arguments: [
            ("https://orders.example", true), ("https://orders.example/v1?x=1", true), ("urn:orders", true),
            ("http://10.0.0.1:8080/", true), ("api://orders", true), ("", false), ("orders", false), ("/orders", false),
            ("//orders.example", false), ("https://", false), ("https:", false), ("https://orders.example#", false),
            ("https://orders.example/#x", false), ("https://orders.example/ x", false),
            ("https://orders.example/\n", false),
            ("https://örders.example", false), ("https://orders.example/\u{212A}", false),
            ("mailto:ann@example.org", false),
            ("#", false), ("https://orders.example/\u{0}", false),
        ])
    func indicators(_ text: String, _ isOne: Bool) {
        #expect(AudienceRule.isIndicator(text) == isOne)
    }

    @Test("An indicator has at most 512 bytes")
    func length() {
        let start = "https://orders.example/"
        let fitting = start + String(repeating: "a", count: 512 - start.utf8.count)
        #expect(AudienceRule.isIndicator(fitting))
        #expect(!AudienceRule.isIndicator(fitting + "a"))
    }

    @Test("TK15: the token is for what was agreed to, or the part of it asked for now; else for our own endpoints")
    func audience() async throws {
        let both: KeyValuePairs = ["resource": "https://orders.example", "resource": "https://stock.example"]
        let provider = try await Provider()
        let cases: [(KeyValuePairs<String, String>, KeyValuePairs<String, String>, [String])] = [
            ([:], [:], [Provider.issuer]), (both, [:], ["https://orders.example", "https://stock.example"]),
            (both, ["resource": "https://stock.example"], ["https://stock.example"]),
        ]
        for (agreed, asked, audience) in cases {
            let code = try await provider.code(for: .web, agreed)
            let tokens = try await provider.answer(.exchange(code, by: .web, asked), from: .web)
            let token = try await provider.reader.live(tokens.text("access_token"), at: Provider.noon)
            #expect(token?.audience == audience)
        }
    }

    @Test("TK15: a resource that was not agreed to is refused at the exchange, registered or not; the code stays good")
    func widening() async throws {
        let provider = try await Provider()
        let code = try await provider.code(for: .web, ["resource": "https://orders.example"])
        for resource in ["https://stock.example", "https://other.example", Provider.issuer, "x"] {
            do {
                _ = try await provider.answer(.exchange(code, by: .web, ["resource": resource]), from: .web)
                Issue.record("\(resource) was given")
            } catch let error as OAuthError {
                #expect(error.code == .invalidTarget)
            }
        }
        _ = try await provider.answer(.exchange(code, by: .web), from: .web)
    }

    @Test("TK15: what a client answers for is in its own tokens by default")
    func ownAudience() async throws {
        let client = Client.web.with { $0.policy.audience = ["https://web.example/api"] }
        let provider = try await Provider([client])
        let tokens = try await provider.tokens(for: client)
        #expect(try tokens.claims("access_token")["aud"] == [.string(Provider.issuer), "https://web.example/api"])
    }
}

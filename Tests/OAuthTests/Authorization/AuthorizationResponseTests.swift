import OAuth
import Testing

@Suite("Authorization responses: RFC 6749 §4.1.2, RFC 9207 (AZ12)")
struct AuthorizationResponseTests {
    /// The response to a request that the rules refuse, which is the shortest way to one.
    private func response(
        _ changes: KeyValuePairs<String, String>, at uri: String = "https://app.example/cb"
    ) async throws -> AuthorizationResponse {
        let client = Client.web.with { $0.redirectURIs = [uri] }
        let rules = AuthorizationRules(
            registry: TestRegistry([client]), keys: try FixedKeys(), issuer: Provider.issuer)
        do {
            _ = try await rules.validate(.authorization(client, changes))
            throw Missing("a refusal")
        } catch AuthorizationRequest.Refusal.returnToClient(let error, let address) {
            return AuthorizationResponse(error: error, to: address, issuer: Provider.issuer)
        }
    }

    @Test("AZ12: an error carries code, sentence, state and iss")
    func error() async throws {
        let response = try await response(["response_type": "token"])
        #expect(response.fields.map(\.name) == ["error", "error_description", "state", "iss"])
        #expect(
            response.location
                == "https://app.example/cb?error=unsupported_response_type&error_description=response_type%20must%20be%20code"
                + "&state=xyz&iss=https%3A%2F%2Flogin.example.org")
    }

    @Test("AZ12: a code carries state and iss, and iss even without state")
    func code() async throws {
        let address = try await response(["response_type": "token", "state": ""]).address
        let code = try #require(
            OpaqueToken(.authorizationCode, presented: "mac_" + String(repeating: "A", count: 43)))
        let response = AuthorizationResponse(code: code, to: address, issuer: Provider.issuer)
        #expect(response.fields.map(\.name) == ["code", "iss"])
        #expect(
            response.location == "https://app.example/cb?code=\(code.plaintext)&iss=https%3A%2F%2Flogin.example.org")
    }

    @Test("A query that the address has already is kept (RFC 6749 §3.1.2)")
    func query() async throws {
        let uri = "https://app.example/cb?tenant=a%26b&x=1"
        #expect(try await response(["scope": ""], at: uri).location.hasPrefix(uri + "&error=invalid_scope&"))
    }

    @Test(
        "A state cannot break out of its place",
        arguments: [
            ("a&code=stolen", "a%26code%3Dstolen"), ("#x", "%23x"), ("a b+c", "a%20b%2Bc"), ("%00", "%2500"),
            ("\r\nSet-Cookie: a=b", "%0D%0ASet-Cookie%3A%20a%3Db"), ("é\u{212A}", "%C3%A9%E2%84%AA"), ("~-._", "~-._"),
            ("\"<>", "%22%3C%3E"), ("\u{1}\u{7F}", "%01%7F"),
        ])
    func escaping(_ state: String, _ escaped: String) async throws {
        let response = try await response(["scope": "", "state": state])
        #expect(response.location.contains("&state=\(escaped)&iss="))
        #expect(response.fields.contains { $0.name == "state" && $0.value == state })
    }

    @Test("Form encoding writes pairs in order")
    func form() {
        #expect(FormEncoding.encode([(name: "a b", value: "c&d"), (name: "e", value: "")]) == "a%20b=c%26d&e=")
    }
}

import OAuth
import Testing

@Suite("Request parameters: OAuth 2.1 §3.1 and §3.2 (AZ14)")
struct ParametersTests {
    @Test(
        "AZ14: a parameter given twice is refused, with the same value too, known or not",
        arguments: [
            [("scope", "openid"), ("scope", "openid")], [("client_id", "a"), ("state", "x"), ("client_id", "b")],
            [("code", "a"), ("code", "b")], [("whatever", "1"), ("whatever", "2")],
        ])
    func repeated(_ pairs: [(String, String)]) {
        #expect(throws: OAuthError.invalidRequest("a parameter is given more than once")) {
            try Parameters(pairs.map { (name: $0.0, value: $0.1) })
        }
    }

    @Test("AZ14: an empty parameter counts as absent, so it cannot hide a second one either")
    func empty() throws {
        let parameters = try Parameters.of(["state": "", "scope": "", "nonce": "n"])
        #expect(parameters["state"] == nil)
        #expect(parameters.names == ["nonce"])
        #expect(try Parameters([("nonce", ""), ("nonce", "n")])["nonce"] == "n")
        #expect(throws: OAuthError.invalidRequest("code is missing")) { try parameters.required("code") }
        #expect(throws: OAuthError.invalidRequest("scope is missing")) { try parameters.required("scope") }
    }

    @Test("Only resource may repeat (RFC 8707 §2), and it is no parameter like the others")
    func resources() throws {
        let parameters = try Parameters.of([
            "resource": "https://a.example", "resource": "", "resource": "https://b.example",
        ])
        #expect(parameters.resources == ["https://a.example", "https://b.example"])
        #expect(parameters["resource"] == nil)
    }

    @Test("A NUL, on which databases and logs do not agree, is refused in names and values")
    func nul() {
        for pair in [("state", "a\u{0}b"), ("sta\u{0}te", "a"), ("resource", "https://a.example/\u{0}")] {
            #expect(throws: OAuthError.self) { try Parameters([(name: pair.0, value: pair.1)]) }
        }
    }

    @Test("A hundred pairs are read, one more is not")
    func limit() throws {
        let pairs = (0..<100).map { (name: "p\($0)", value: "v") }
        #expect(try Parameters(pairs).names.count == 100)
        #expect(throws: OAuthError.self) { try Parameters(pairs + [(name: "p100", value: "v")]) }
        #expect(throws: OAuthError.self) {
            try Parameters(Array(repeating: (name: "resource", value: "urn:x"), count: 101))
        }
    }

    @Test("A name is its bytes as far as any name of ours goes: no look-alike reaches one")
    func lookAlikes() throws {
        let parameters = try Parameters.of(["CLIENT_ID": "a", "client_id ": "b", "\u{FF43}lient_id": "c"])
        #expect(parameters["client_id"] == nil)
    }

    @Test("Kept and read again, a request is the same")
    func pairs() throws {
        let parameters = try Parameters.of(["state": "x", "client_id": "web", "resource": "urn:b", "resource": "urn:a"])
        #expect(try Parameters(parameters.pairs) == parameters)
        #expect(parameters.pairs.map(\.name) == ["client_id", "state", "resource", "resource"])
    }

    @Test("What is taken away is gone, and nothing else")
    func removing() throws {
        let parameters = try Parameters.of(["prompt": "login", "state": "x"]).removing(["prompt", "max_age"])
        #expect(parameters.names == ["state"])
    }
}

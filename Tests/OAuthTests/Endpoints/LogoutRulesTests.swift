import JOSE
import OAuth
import Testing

@Suite("Signing out at a client's wish: RP-Initiated Logout 1.0 §2 (SE8, TK16)")
struct LogoutRulesTests {
    static let ann = Authentication(
        subject: "ann", sessionID: "sid", time: Provider.noon, methods: ["pwd"], level: AuthenticationLevel.single)
    private let rules: LogoutRules
    private let keys: FixedKeys

    init() throws {
        keys = try FixedKeys()
        let native = Client.native.with {
            $0.postLogoutRedirectURIs = ["http://127.0.0.1/bye", "https://app.example/K"]
        }
        rules = LogoutRules(registry: TestRegistry([.web, .spa, native]), keys: keys, issuer: Provider.issuer)
    }

    private func hint(
        _ sub: String = "ann", sid: String = "sid", aud: String = "web", iss: String = Provider.issuer,
        type: TokenType = .idToken
    ) throws -> String {
        let claims = #"{"iss":"\#(iss)","sub":"\#(sub)","aud":"\#(aud)","sid":"\#(sid)","exp":1}"#
        let key = try #require(keys.keyRing.signingKey(.rs256))
        return try JWT.signed(claims: Array(claims.utf8), type: type, by: key)
    }

    private func ask(_ pairs: KeyValuePairs<String, String>, by ann: Authentication? = ann) async throws
        -> LogoutRequest
    {
        try await rules.validate(.of(pairs), signedIn: ann)
    }

    @Test("SE8: a hint for the very session at hand, though expired, goes without a question")
    func sameSession() async throws {
        let request = try await ask(["id_token_hint": hint()])
        #expect(request.decision == .signOut && request.client?.id == "web" && request.returnURI == nil)
    }

    @Test("SE8: without a hint, or with one for another session or person, the person is asked")
    func confirm() async throws {
        #expect(try await ask([:]).decision == .confirm)
        #expect(try await ask(["client_id": "web"]).decision == .confirm)
        #expect(try await ask(["id_token_hint": hint(sid: "other")]).decision == .confirm)
        #expect(try await ask(["id_token_hint": hint("ben")]).decision == .confirm)
        let claims = Array(#"{"iss":"\#(Provider.issuer)","sub":"ann","aud":"web"}"#.utf8)
        let key = try #require(keys.keyRing.signingKey(.rs256))
        let bare = try JWT.signed(claims: claims, type: .idToken, by: key)
        #expect(try await ask(["id_token_hint": bare]).decision == .confirm)
    }

    @Test("Where nobody is signed in there is nothing to ask")
    func nobody() async throws {
        #expect(try await ask(["id_token_hint": hint()], by: nil).decision == .nobodySignedIn)
        #expect(try await ask([:], by: nil).decision == .nobodySignedIn)
    }

    @Test("SE8: the browser goes back to an address registered byte for byte, with state")
    func returning() async throws {
        let bye = "https://app.example/bye"
        #expect(try await ask(["post_logout_redirect_uri": bye, "id_token_hint": hint()]).returnURI == bye)
        let request = try await ask(["post_logout_redirect_uri": bye, "client_id": "web", "state": "a&b=c\r\n"])
        #expect(request.returnURI == bye + "?state=a%26b%3Dc%0D%0A")
        #expect(request.decision == .confirm)
        #expect(try await ask(["state": "x", "client_id": "web"]).returnURI == nil)
    }

    @Test(
        "SE8: any other address refuses the request; a port of loopback is no exception here",
        arguments: [
            ("https://app.example/bye/", "web"), ("https://app.example/bye?x", "web"),
            ("https://APP.example/bye", "web"),
            ("https://app.example/cb", "web"), ("https://evil.example", "web"), ("https://app.example/bye", "native"),
            ("https://app.example/bye", ""), ("https://app.example/bye", "nobody"),
            ("http://127.0.0.1:51004/bye", "native"),
            ("https://app.example/\u{212A}", "native"), ("https://app.example/bye", "spa\u{301}"),
        ])
    func foreign(_ uri: String, _ id: String) async throws {
        for person in [Self.ann, nil] {
            await #expect(throws: OAuthError.self) {
                try await ask(["post_logout_redirect_uri": uri, "client_id": id], by: person)
            }
        }
    }

    @Test("SE8: a client_id that the hint was not made for is refused")
    func mismatch() async throws {
        #expect(try await ask(["id_token_hint": hint(), "client_id": "web"]).decision == .signOut)
        for id in ["spa", "WEB", "nobody"] {
            await #expect(throws: OAuthError.self) { try await ask(["id_token_hint": hint(), "client_id": id]) }
        }
        await #expect(throws: OAuthError.self) { try await ask(["id_token_hint": hint(aud: "gone")]) }
        await #expect(throws: OAuthError.self) {
            try await ask(["id_token_hint": hint(aud: "\u{212A}"), "client_id": "K"])
        }
    }

    @Test("TK16, SE8: an access or logout token, a foreign or an altered one is no hint: the person is asked")
    func noHint() async throws {
        let spoiled = try [
            hint(type: .accessToken), hint(type: .logoutToken), hint(iss: "https://evil.example"), hint() + "A", "x",
            hint(iss: Provider.issuer + "/"),
        ]
        for text in spoiled {
            #expect(try await ask(["id_token_hint": text]).decision == .confirm)
            let away: KeyValuePairs = ["id_token_hint": text, "post_logout_redirect_uri": "https://app.example/bye"]
            #expect(try await ask(away).returnURI == nil)
        }
    }
}

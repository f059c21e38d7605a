import Identity
import JSON
import OAuth
import Testing

@Suite("IN11, SO4: discovery leads nowhere but where a pinned issuer says")
struct DiscoveryTests {
    @Test("A document of another issuer is none")
    func issuers() async throws {
        let issuers: [JSONValue?] = [
            nil, "https://evil.example", "https://op.example/", "https://OP.example", "http://op.example",
            ["https://op.example"], "",
        ]
        for issuer in issuers {
            let stage = try OpenIDStage()
            stage.rewrite { $0.discovery["issuer"] = issuer }
            #expect(await stage.fault()?.words.hasPrefix("answer: discovery: the issuer is") == true)
            #expect(stage.upstream.requests.count == 1)
        }
    }

    @Test("Each of its addresses is https; one of this machine is none, for a distant provider")
    func addresses() async throws {
        let bad: [JSONValue] = [
            "http://op.example/x", "http://127.0.0.1/x", "http://localhost:5432/", "http://[::1]/", "ftp://op.example/",
            "//op.example/x", "/x", "https:///x", "https://", "https://user@op.example/x", "https://op.example/x y",
            "https://op.example\\@evil.example/", "https://op.example/#x", "javascript:alert(1)", "file:///etc/passwd",
            "https://öp.example/", 7, ["https://op.example/x"],
            .string("https://op.example/" + String(repeating: "x", count: 2048)),
        ]
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            for address in bad {
                let stage = try OpenIDStage()
                stage.rewrite { $0.discovery[name] = address }
                #expect(
                    await stage.fault()?.words.hasPrefix("answer: discovery: \(name) is") == true, "\(address.text)")
                #expect(stage.upstream.requests.count == 1)
            }
        }
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            let stage = try OpenIDStage()
            stage.rewrite { $0.discovery[name] = nil }
            #expect(await stage.fault()?.words == "answer: discovery: \(name) is missing")
        }
    }

    @Test("A stand-in on this machine is spoken to by http, and by nothing that only looks like it")
    func loopback() async throws {
        for issuer in ["http://127.0.0.1:9000/oidc", "http://localhost:9000", "http://[::1]:9000/oidc"] {
            let stage = try OpenIDStage(.sample(.openid) { $0.issuer = issuer }, issuer: issuer)
            #expect(try await stage.person().key.subject == "anna-1")
        }
        for issuer in [
            "http://op.example", "http://127.0.0.1.evil.example", "http://localhost.evil.example",
            "http://127.0.0.1@evil.example",
            "http://localhost:80x", "http://127.0.0.2", "",
        ] {
            let stage = try OpenIDStage(.sample(.openid) { $0.issuer = issuer }, issuer: issuer)
            #expect(await stage.fault()?.reason == "unavailable", "\(issuer)")
            #expect(stage.upstream.requests.isEmpty)
        }
    }

    @Test("An address with a query of its own keeps it")
    func queries() async throws {
        let stage = try OpenIDStage()
        stage.rewrite { $0.discovery["authorization_endpoint"] = "https://op.example/authorize?tenant=1" }
        let (place, parameters) = try await stage.conversation.address(stage.secrets)
        #expect(place == "https://op.example/authorize" && parameters["tenant"] == "1" && parameters["state"] != nil)
    }
}

@Suite("B040: what `martlet check` is told of a provider")
struct ConversationFaultTests {
    private func faults(_ stage: OpenIDStage) async -> [String] {
        await stage.conversation.faults(returnTo: UpstreamProvider.returnTo, at: .sample)
    }

    private func exchange(_ error: JSONValue, status: Int = 400) throws -> OpenIDStage {
        let stage = try OpenIDStage()
        stage.upstream.on("https://op.example/token", status: status, ["error": error])
        return stage
    }

    @Test("A provider that refuses a code that does not exist, and nothing else, will do")
    func good() async throws {
        #expect(await faults(try exchange("invalid_grant")).isEmpty)
        let upstream = ScriptedUpstream()
        upstream.on("https://github.com/login/oauth/access_token", ["error": "bad_verification_code"])
        let gitHub = UpstreamConversations.make(.sample(.github), fetcher: upstream)
        #expect(await gitHub.faults(returnTo: UpstreamProvider.returnTo, at: .sample).isEmpty)
    }

    @Test("What is wrong is said in one sentence, which holds no secret")
    func bad() async throws {
        let unreachable = try OpenIDStage()
        unreachable.upstream.on("https://op.example/.well-known/openid-configuration") { _ in throw Unreachable() }
        let issuer = try OpenIDStage()
        issuer.rewrite { $0.discovery["issuer"] = "https://evil.example" }
        let plain = try OpenIDStage()
        plain.rewrite { $0.discovery["token_endpoint"] = "http://op.example/token" }
        let cases: [(OpenIDStage, told: String)] = [
            (try exchange("invalid_client", status: 401), "does not take the client id and secret"),
            (try exchange("redirect_uri_mismatch"), UpstreamProvider.returnTo),
            (try exchange(["type": "OAuthException", "code": 1]), "does not take the client id and secret"),
            (try exchange(["type": "OAuthException", "code": 2635]), "no longer speaks"),
            (try exchange("invalid_grant", status: 503), "cannot be asked"),
            (try OpenIDStage(), "gave tokens for a code that does not exist"),
            (unreachable, "discovery: Unreachable()"), (issuer, "the issuer is https://evil.example"),
            (plain, "token_endpoint is"),
        ]
        for (stage, told) in cases {
            let faults = await faults(stage)
            #expect(faults.count == 1 && faults.first?.contains(told) == true, "\(faults)")
            #expect(faults.allSatisfy { !$0.contains(UpstreamProvider.secret) && $0.hasSuffix(".") })
        }
    }

    @Test("A provider without an issuer needs one")
    func noIssuer() async {
        let conversation = UpstreamConversations.make(.sample(.openid), fetcher: ScriptedUpstream())
        let faults = await conversation.faults(returnTo: UpstreamProvider.returnTo, at: .sample)
        #expect(faults == ["Somebody needs an `issuer`."])
    }
}

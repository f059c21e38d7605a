import Identity
import OAuth
import Testing

@Suite("The authorization endpoint and second factors (MF5-MF7, TK11, AZ20)")
struct AuthorizationFactorTests {
    static let canProve = FactorStanding(
        isEnrolled: true, reachable: [AuthenticationLevel.single, AuthenticationLevel.double])

    private func half(_ ann: Authentication) -> Authentication {
        Authentication(
            subject: ann.subject, sessionID: ann.sessionID, time: ann.time, methods: ann.methods, level: ann.level,
            isHalf: true)
    }

    private func begin(
        _ provider: Provider, _ parameters: Parameters, half: Authentication?
    ) async throws -> AuthorizationEndpoint.Outcome {
        let visitor = AuthorizationEndpoint.Visitor(browser: Provider.browser, signedIn: nil, half: half)
        return try await provider.authorization.begin(parameters, visitor: visitor, at: Provider.noon)
    }

    @Test("MF6: where nobody can say how somebody stands to factors, nothing is answered")
    func unknown() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        try await provider.allow(["openid"], .web)
        let handle = try await provider.begin(.authorization(.web, ["prompt": "consent"]), by: ann).handle()
        provider.standings.tell(nil)
        for parameters in [
            try Parameters.authorization(.web), try .authorization(.web, ["prompt": "none"]),
            try .authorization(.web, ["acr_values": AuthenticationLevel.single]),
        ] {
            await #expect(throws: ScriptedStandings.Unknown.self) { try await provider.begin(parameters, by: ann) }
            await #expect(throws: ScriptedStandings.Unknown.self) {
                try await begin(provider, parameters, half: half(ann))
            }
        }
        await #expect(throws: ScriptedStandings.Unknown.self) { try await provider.resume(handle, by: ann) }
        #expect(provider.audit.kinds.isEmpty)
    }

    @Test("MF6: it is asked each time anew, for the client at hand, and of nobody when nobody is there")
    func asked() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        let handle = try await provider.begin(.authorization(.web), by: ann).handle()
        _ = try await provider.resume(handle, by: ann)
        _ = try await begin(provider, .authorization(.spa), half: half(ann))
        _ = try await provider.begin(.authorization(.web), by: nil)
        #expect(provider.standings.asked == ["ann for web", "ann for web", "ann for spa"])
    }

    @Test("MF5: somebody half signed in gets no code, with consent remembered and in silence neither")
    func half() async throws {
        let provider = try await Provider()
        let ann = try await half(provider.signIn())
        try await provider.allow(["openid"], .web)
        provider.standings.tell(Self.canProve)
        #expect(try await begin(provider, .authorization(.web), half: ann).step == .proveFactor)
        let silent = try await begin(provider, .authorization(.web, ["prompt": "none"]), half: ann)
        #expect(try silent.field("error") == "login_required")
        let handle = try await begin(provider, .authorization(.web), half: ann).handle()
        let visitor = AuthorizationEndpoint.Visitor(browser: Provider.browser, signedIn: nil, half: ann)
        let again = try await provider.authorization.resume(handle, visitor: visitor, at: Provider.noon)
        #expect(again.step == .proveFactor)
        #expect(!provider.audit.kinds.contains(.codeIssued))
    }

    @Test("A person who was disabled is nobody, half or whole, and is not asked about")
    func gone() async throws {
        let provider = try await Provider()
        let ghost = Authentication(
            subject: "ghost", sessionID: "s", time: Provider.noon, methods: ["pwd"], level: AuthenticationLevel.single,
            isHalf: true)
        provider.standings.tell(nil)
        #expect(try await begin(provider, .authorization(.web), half: ghost).step == .signIn(.nobody))
        #expect(provider.standings.asked == [])
    }

    @Test("AZ20, RFC 9470 §5: a step-up leads to a code whose grant tells the level that was asked for")
    func stepUp() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        try await provider.allow(["openid"], .web)
        provider.standings.tell(Self.canProve)
        let parameters = try Parameters.authorization(.web, ["acr_values": AuthenticationLevel.double])
        let begun = try await provider.begin(parameters, by: ann)
        #expect(begun.step == .proveFactor)
        let stronger = Authentication(
            subject: ann.subject, sessionID: ann.sessionID, time: Provider.noon, methods: ["pwd", "otp", "mfa"],
            level: AuthenticationLevel.resistant,
            reached: [AuthenticationLevel.single, AuthenticationLevel.double, AuthenticationLevel.resistant],
            factorTime: Provider.noon)
        let text = try await provider.resume(begun.handle(), by: stronger).field("code")
        let code = try #require(OpaqueToken(.authorizationCode, presented: text))
        let grant = try #require(try await provider.store.code(code.digest)).grant
        #expect(grant.authentication.level == AuthenticationLevel.double)
        #expect(grant.authentication.methods == ["pwd", "otp", "mfa"])
    }

    @Test(
        "RFC 9470 §5: a silent request for more says whether asking the person would help",
        arguments: [(canProve, "login_required"), (FactorStanding(), "unmet_authentication_requirements")])
    func silentStepUp(standing: FactorStanding, code: String) async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        provider.standings.tell(standing)
        let outcome = try await provider.begin(
            .authorization(.web, ["acr_values": AuthenticationLevel.double, "prompt": "none"]), by: ann)
        #expect(try outcome.field("error") == code)
        let failed = outcome.response?.refusal?.examination.failed
        #expect(failed?.check == .factor)
        #expect(failed?.expected.text.contains(AuthenticationLevel.double) ?? false)
    }
}

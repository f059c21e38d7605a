import Identity
import OAuth
import Testing

@Suite("The authorization endpoint: begin, resume, refuse (AZ3, AZ9, AZ12, AZ18, AZ21, SE13)")
struct AuthorizationEndpointTests {
    @Test("A request that needs nobody is answered at once, and nothing is kept")
    func atOnce() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        try await provider.allow(["openid"], .web)
        let outcome = try await provider.begin(.authorization(.web), by: ann)
        #expect(outcome.names == ["code", "state", "iss"])
        #expect(outcome.response?.address.uri == "https://app.example/cb")
        #expect(provider.audit.kinds == [.codeIssued])
    }

    @Test("AZ9: what is kept with the code is what was asked for, for 60 seconds")
    func kept() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        let text = try await provider.code(
            for: .web, ["scope": "openid offline_access", "resource": "https://orders.example"], by: ann)
        let token = try #require(OpaqueToken(.authorizationCode, presented: text))
        let code = try #require(try await provider.store.code(token.digest))
        #expect(code.redirectURI == "https://app.example/cb" && code.redirectURIWasSent)
        #expect(code.codeChallenge == PublishedProofKey.challenge)
        #expect(code.expiresAt == Provider.noon + 60 && code.spentAt == nil)
        #expect(code.grant.authentication == ann && code.grant.clientID == "web")
        #expect(code.grant.nonce == "n-0S6" && code.grant.resources == ["https://orders.example"])
        #expect(code.grant.scopes == ["openid", "offline_access"])
        #expect(code.grant.expiresAt == Provider.noon + provider.lifetimes.refreshAbsolute)
    }

    @Test("Sign-in, then consent, then the code: each time the same question is asked anew")
    func wholeWay() async throws {
        let provider = try await Provider()
        let handle = try await provider.begin(.authorization(.web), by: nil).handle()
        #expect(try await provider.resume(handle, by: nil).step == .signIn(.nobody))
        let ann = try await provider.signIn(for: handle)
        #expect(try await provider.resume(handle, by: ann).step == .askConsent(["openid"]))
        try await provider.consent(to: ["openid"], on: handle)
        #expect(try await provider.resume(handle, by: ann).names == ["code", "state", "iss"])
        #expect(try await provider.resume(handle, by: ann).shown == .requestExpired)
    }

    @Test("AZ18: with prompt=none there is only a code or an error, and nothing to come back to")
    func silent() async throws {
        let provider = try await Provider()
        let parameters = try Parameters.authorization(.web, ["prompt": "none"])
        #expect(try await provider.begin(parameters, by: nil).field("error") == "login_required")
        let ann = try await provider.signIn()
        let outcome = try await provider.begin(parameters, by: ann)
        #expect(try outcome.field("error") == "consent_required")
        #expect(outcome.names == ["error", "error_description", "state", "iss"])
        try await provider.allow(["openid"], .web)
        #expect(try await provider.begin(parameters, by: ann).names == ["code", "state", "iss"])
    }

    @Test("AZ18: prompt=login is met by a sign-in for this request, and by no other")
    func freshSignIn() async throws {
        let provider = try await Provider()
        let old = try await provider.signIn(session: "old", at: Provider.noon + -60)
        try await provider.allow(["openid"], .web)
        let first = try await provider.begin(.authorization(.web, ["prompt": "login"]), by: old)
        let second = try await provider.begin(.authorization(.web, ["prompt": "login"]), by: old)
        let new = try await provider.signIn(session: "new", for: first.handle())
        #expect(try await provider.resume(first.handle(), by: old).step == .signIn(.fresh))
        #expect(try await provider.resume(second.handle(), by: new).step == .signIn(.fresh))
        #expect(try await provider.resume(first.handle(), by: new).names == ["code", "state", "iss"])
    }

    @Test("AZ21: another browser's handle leads nowhere, and does not end the request")
    func otherBrowser() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        let handle = try await provider.begin(.authorization(.web), by: ann).handle()
        let thief = TokenDigest.of("another browser")
        #expect(try await provider.resume(handle, by: ann, browser: thief).shown == .wrongBrowser)
        #expect(try await provider.resume(handle, by: ann, browser: TokenDigest(bytes: [])).shown == .wrongBrowser)
        let visitor = AuthorizationEndpoint.Visitor(browser: thief, signedIn: ann)
        let refused = try await provider.authorization.refuse(
            handle, with: OAuthError(.accessDenied, "no"), visitor: visitor, at: Provider.noon)
        #expect(refused.shown == .wrongBrowser)
        #expect(try await provider.resume(handle, by: ann).step == .askConsent(["openid"]))
    }

    @Test("AZ21, TK21: a handle that is not exactly one leads nowhere")
    func malformedHandles() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        let handle = try await provider.begin(.authorization(.web), by: ann).handle()
        for text in ["", "mpa_", handle + "A", String(handle.dropLast()), "mac_" + handle.dropFirst(4)] {
            #expect(try await provider.resume(text, by: ann).shown == .requestExpired)
        }
    }

    @Test("A kept request lives as long as set, to the second")
    func expiry() async throws {
        let provider = try await Provider()
        let ann = try await provider.signIn()
        let handle = try await provider.begin(.authorization(.web), by: ann).handle()
        let end = Provider.noon + provider.lifetimes.pendingAuthorization
        #expect(try await provider.resume(handle, by: ann, at: end + -1).step == .askConsent(["openid"]))
        #expect(try await provider.resume(handle, by: ann, at: end).shown == .requestExpired)
    }

    @Test("SE13: consent that Ann gave is not Ben's, on the same browser either")
    func otherPerson() async throws {
        let provider = try await Provider()
        try await provider.admit("ben")
        let handle = try await provider.begin(.authorization(.web), by: provider.signIn()).handle()
        try await provider.consent(to: ["openid"], on: handle)
        let ben = try await provider.signIn("ben", session: "of Ben")
        #expect(try await provider.resume(handle, by: ben).step == .askConsent(["openid"]))
    }
}

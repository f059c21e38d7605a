import JSON
import OAuth
import Testing

@Suite("When a person is asked: OpenID Connect Core §3.1.2.4, OAuth 2.1 §7.3 (SE10, SE11, AZ23)")
struct ConsentRuleTests {
    struct Row: Sendable {
        let client: Client
        var scope = "openid profile"
        var resource = ""
        var prompt = ""
        var remembered: ScopeSet?
        var rememberedResources: [String] = []
        var given: ScopeSet?
        var giver = "ann"
        /// The scopes asked for; `nil` when nobody is asked.
        let asks: ScopeSet?
    }

    static let trusted = Client.web.with { $0.policy.skipsConsent = true }
    static let trustedNative = Client.native.with { $0.policy.skipsConsent = true }
    static let whole: ScopeSet = ["openid", "profile"]

    static let rows: [Row] = [
        Row(client: .web, asks: whole), Row(client: .web, remembered: whole, asks: nil),
        Row(client: .web, remembered: ["openid", "profile", "email"], asks: nil),
        // Asked anew, the person sees the whole and not only what is new.
        Row(client: .web, remembered: ["openid"], asks: whole),
        Row(client: .web, prompt: "consent", remembered: whole, asks: whole),
        Row(client: .web, prompt: "consent", remembered: whole, given: whole, asks: nil),
        Row(client: .web, given: whole, asks: nil), Row(client: .web, given: ["openid"], asks: whole),
        Row(client: .web, given: [], asks: whole), Row(client: .web, given: whole, giver: "ben", asks: whole),
        Row(client: trusted, asks: nil), Row(client: trusted, prompt: "consent", asks: whole),
        Row(client: .spa, asks: whole), Row(client: .spa, remembered: whole, asks: nil),
        // SE11: who receives at a loopback address is never certain.
        Row(client: .native, asks: whole), Row(client: .native, remembered: whole, asks: whole),
        Row(client: .native, remembered: whole, given: whole, asks: nil), Row(client: trustedNative, asks: whole),
        // AZ23: offline access is asked for like everything else.
        Row(
            client: .web, scope: "openid offline_access", remembered: ["openid"], asks: ["openid", "offline_access"]),
        Row(client: .web, scope: "openid offline_access", remembered: ["openid", "offline_access"], asks: nil),
        Row(client: .web, resource: "https://orders.example", remembered: whole, asks: whole),
        Row(
            client: .web, resource: "https://orders.example", remembered: whole,
            rememberedResources: ["https://stock.example"], asks: whole),
        Row(
            client: .web, resource: "https://orders.example", remembered: whole,
            rememberedResources: ["https://orders.example"], asks: nil),
    ]

    @Test("SE10, SE11: client × prompt × what was allowed before × what is allowed now", arguments: rows)
    func asks(_ row: Row) async throws {
        let parameters = try Parameters.authorization(
            row.client, ["scope": row.scope, "prompt": row.prompt, "resource": row.resource])
        let step = try await next(row, parameters)
        #expect(
            step == row.asks.map(AuthorizationStep.askConsent)
                ?? .answer(
                    AuthorizationStepTests.ann, try ScopeSet(parsing: row.scope)))
    }

    @Test("AZ18, SE10: with prompt=none nobody is asked, and without consent nothing is given", arguments: rows)
    func silent(_ row: Row) async throws {
        guard row.prompt.isEmpty else { return }
        let parameters = try Parameters.authorization(
            row.client, ["scope": row.scope, "prompt": "none", "resource": row.resource])
        let step = try await next(row, parameters)
        if row.asks == nil {
            #expect(step == .answer(AuthorizationStepTests.ann, try ScopeSet(parsing: row.scope)))
        } else {
            #expect(step == .refuse(OAuthError(.consentRequired, "consent has not been given")))
        }
    }

    @Test("SE11: a client is certain when it authenticates or receives at https addresses only (RFC 8252 §8.6)")
    func verifiable() {
        #expect(Client.web.isVerifiable)
        #expect(Client.web.with { $0.redirectURIs = ["http://127.0.0.1/cb"] }.isVerifiable)
        #expect(Client.spa.isVerifiable)
        #expect(!Client.native.isVerifiable)
        #expect(!Client.spa.with { $0.redirectURIs.append("com.example.app:/cb") }.isVerifiable)
        #expect(!Client.spa.with { $0.redirectURIs.append("http://localhost/cb") }.isVerifiable)
    }

    private func next(_ row: Row, _ parameters: Parameters) async throws -> AuthorizationStep {
        let request = try await Judge([row.client]).rules.validate(parameters)
        var facts = PendingAuthorization.Facts()
        facts.consentedScopes = row.given
        facts.consentedSubject = row.given.map { _ in row.giver }
        let remembered = row.remembered.map {
            Consent(
                subject: "ann", clientID: row.client.id, scopes: $0, resources: row.rememberedResources,
                grantedAt: Provider.noon)
        }
        let situation = AuthorizationStep.Situation(
            signedIn: AuthorizationStepTests.ann,
            subject: Subject(id: "ann", isActive: true, roles: [], claims: JSONObject()),
            remembered: remembered, facts: facts, standing: FactorStanding())
        return AuthorizationStep.next(for: request, in: situation, at: Provider.noon)
    }
}

import OAuth
import Testing

@Suite("Levels by their configured names, and a client's default (AZ20, default_acr_values)")
struct DefaultLevelTests {
    static let metals = AuthenticationLevels([
        .init("urn:example:bronze", classes: 1), .init("urn:example:gold", classes: 2),
    ])

    private func rules(_ client: Client) throws -> AuthorizationRules {
        AuthorizationRules(
            registry: TestRegistry([client]), keys: try FixedKeys(), issuer: Provider.issuer, levels: Self.metals)
    }

    private func code(_ client: Client, _ changes: KeyValuePairs<String, String>) async throws -> OAuthError? {
        do {
            _ = try await rules(client).validate(.authorization(client, changes))
            return nil
        } catch AuthorizationRequest.Refusal.returnToClient(let error, _) {
            return error
        }
    }

    @Test("AZ20: names that are not configured are refused, those of other installations too")
    func names() async throws {
        for name in [AuthenticationLevel.double, "urn:example:silver", "URN:EXAMPLE:GOLD", "gold", "0", "1"] {
            #expect(
                try await code(.web, ["acr_values": name])?.code == .unmetAuthenticationRequirements, "\(name)")
        }
        let claims = #"{"id_token":{"acr":{"essential":true,"values":["urn:example:silver","1"]}}}"#
        #expect(try await code(.web, ["claims": claims])?.code == .unmetAuthenticationRequirements)
        let request = try await rules(.web).validate(.authorization(.web, ["acr_values": "1 urn:example:gold"]))
        #expect(request.demands.levels == ["1", "urn:example:gold"])
    }

    @Test("The client's default counts where the request names none, in the client's order")
    func defaults() async throws {
        let client = Client.web.with { $0.policy.defaultLevels = ["urn:example:gold", "urn:example:bronze"] }
        for (sent, levels) in [
            ("", client.policy.defaultLevels), (" ", client.policy.defaultLevels),
            ("urn:example:bronze", ["urn:example:bronze"]),
        ] {
            let request = try await rules(client).validate(.authorization(client, ["acr_values": sent]))
            #expect(request.demands.levels == levels, "\(sent)")
        }
        let voluntary = #"{"id_token":{"acr":{"value":"urn:example:bronze"}}}"#
        let request = try await rules(client).validate(.authorization(client, ["claims": voluntary]))
        #expect(request.demands.levels == client.policy.defaultLevels)
    }

    @Test("CF7: a default that is no level here refuses, and sends the operator to the registration")
    func unknownDefault() async throws {
        let client = Client.web.with { $0.policy.defaultLevels = [AuthenticationLevel.double] }
        let error = try await code(client, [:])
        #expect(error?.code == .unmetAuthenticationRequirements)
        let finding = try #require(error?.examination.failed)
        #expect(finding.check == .demands && finding.repair.text.contains("martlet client update web"))
    }

    @Test("A level covers itself and those below it; one that is unknown itself alone")
    func covers() {
        let levels = Self.metals
        for (level, demanded, isCovered) in [
            ("urn:example:gold", "urn:example:bronze", true), ("urn:example:gold", "urn:example:gold", true),
            ("urn:example:bronze", "urn:example:gold", false), ("urn:gone", "urn:example:bronze", false),
            ("urn:example:gold", "urn:gone", false), ("urn:gone", "urn:gone", true), ("", "urn:example:bronze", false),
        ] {
            #expect(levels.covers(level, demanded) == isCovered, "\(level) \(demanded)")
        }
    }
}

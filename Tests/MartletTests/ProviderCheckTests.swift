import Identity
import OAuth
import Testing

@testable import martlet

@Suite("martlet check looks at providers (B040)")
struct ProviderCheckTests {
    private static let yaml = """
        issuer: https://id.example.com
        providers:
          google: {client_id: a, client_secret: hunter2}
          work: {type: github, client_id: a, client_secret: hunter2}
          discord: {client_id: a}
        """

    private static func findings(_ faults: [String: [String]]) async throws -> [HouseCheck.Finding] {
        let settings = try SettingsDesk.read(yaml: yaml)
        let conversations = settings.providers.compactMap { provider in
            faults[provider.id].map { ScriptedConversation(provider: provider, faults: $0) }
        }
        let check = ProviderCheck(settings: settings, conversations: conversations)
        return await check.findings(at: Instant(seconds: 1000))
    }

    @Test("The address to register stands there for each, in the order of the settings, with what it was checked with")
    func addresses() async throws {
        let findings = try await Self.findings(["google": [], "work": []])
        #expect(findings.allSatisfy { $0.faults.isEmpty && $0.room == "provider" })
        let register = "the callback address to register there is https://id.example.com/upstream"
        #expect(
            findings.prefix(2).map(\.summary) == [
                "google: answers as it should; \(register)/google/callback",
                "work: answers as it should; \(register)/work/callback",
            ])
    }

    @Test("B040: one that is off is a warning, and no fault")
    func off() async throws {
        let findings = try await Self.findings([:])
        #expect(findings.count == 3 && findings[2].faults.isEmpty)
        #expect(findings[2].summary.hasPrefix("WARNING: nobody can sign in by discord: "))
    }

    @Test(
        "What is wrong is a fault that names the provider and the address, on one line, and the others are looked at all the same"
    )
    func faults() async throws {
        let findings = try await Self.findings([
            "google": ["Google cannot be asked: no answer.", "two\nlines \u{1B}[31m"], "work": [],
        ])
        let register = " The callback address to register there is https://id.example.com/upstream/google/callback"
        #expect(findings[0].faults.first == "providers.google: Google cannot be asked: no answer.\(register)")
        #expect(findings[0].faults.count == 2)
        #expect(findings[0].faults.allSatisfy { $0.unicodeScalars.allSatisfy { !PlainText.isTreacherous($0) } })
        #expect(findings[1].faults.isEmpty && findings[1].summary.hasPrefix("work: answers as it should"))
    }

    @Test("Nobody is asked who is not to be: then the address alone is told")
    func offline() async throws {
        let findings = try await Self.findings([:])
        #expect(findings.prefix(2).allSatisfy { $0.summary.contains(": not asked; the callback address to register") })
        let check = try Martlet.parseAsRoot(["check", "--offline"]) as? CheckCommand
        #expect(check?.offline == true)
        #expect(try (Martlet.parseAsRoot(["check"]) as? CheckCommand)?.offline == false)
    }

    @Test("Each is asked for its own address, in the whole house's check too")
    func house() async throws {
        let scratch = try Scratch()
        var settings = try SettingsDesk.read(yaml: Self.yaml)
        settings.folders.clients = scratch.path
        settings.folders.keys = scratch.path
        settings.database = .sqlite(path: scratch.path + "/none.db")
        var check = HouseCheck(settings: settings, given: [:])
        check.conversations = settings.providers.map { ScriptedConversation(provider: $0, faults: nil) }
        let faults = await check.findings().filter { $0.room == "provider" }.flatMap(\.faults)
        #expect(faults.count == 2 && faults.allSatisfy { !$0.contains("hunter2") })
        #expect(faults[0].contains("asked for https://id.example.com/upstream/google/callback"))
        #expect(faults[1].contains("asked for https://id.example.com/upstream/work/callback"))
    }

    @Test("Of each provider every outcome stands there from the start, and nobody makes another (CF2)")
    func figures() {
        let board = MetricsBoard()
        let tally = UpstreamRoom.tally(["github"], board)
        for (provider, outcome) in [
            ("github", "ok"), ("github", "id_token"), ("google", "ok"), ("unknown", "off"), ("github", "success"),
            ("", ""),
        ] { tally(provider, outcome) }
        let outcomes =
            ["ok", "created", "linked", "pending", "refused_person", "denied", "refused", "state", "issuer"]
            + ["unavailable", "answer", "exchange", "id_token", "identity", "off"]
        let expected = outcomes.map { outcome in
            let count = ["ok", "id_token"].contains(outcome) ? 1 : 0
            return "martlet_upstream_sign_ins_total{provider=\"github\",outcome=\"\(outcome)\"} \(count)"
        }
        let lines = PrometheusText.write(Metric.all, board.samples()).split(separator: "\n").map(String.init)
        #expect(Set(lines.filter { $0.hasPrefix("martlet_upstream_sign_ins_total{") }) == Set(expected))
    }
}

/// Says what it was made to say; without it, what it was asked for.
private struct ScriptedConversation: UpstreamConversation {
    let provider: UpstreamProvider
    let faults: [String]?

    func authorizationURL(
        _ secrets: UpstreamSecrets, returnTo: String, hint: String?, at now: Instant
    ) async throws(UpstreamFault) -> String { throw .off }

    func identity(
        by answer: UpstreamAnswer, _ secrets: UpstreamSecrets, returnTo: String, at now: Instant
    ) async throws(UpstreamFault) -> UpstreamIdentity { throw .off }

    func faults(returnTo: String, at now: Instant) async -> [String] { faults ?? ["asked for \(returnTo)"] }
}

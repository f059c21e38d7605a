import OAuth
import Testing

@Suite("What a request demands of the sign-in: OpenID Connect Core §3.1.2.1 (AZ18)")
struct DemandsTests {
    @Test("AZ18: only prompt=none is silent")
    func silent() {
        for prompt in Demands.Prompt.allCases {
            let demands = Demands(prompts: [prompt], maximumAge: nil, levels: [], subject: nil)
            #expect(demands.areSilent == (prompt == .none))
        }
        #expect(!Demands(prompts: [], maximumAge: 0, levels: [], subject: "ann").areSilent)
    }

    @Test("Prompts go by their registered names")
    func names() {
        #expect(Demands.Prompt.allCases.map(\.rawValue) == ["none", "login", "consent", "select_account", "create"])
    }

    @Test("AZ18: prompts may be combined and doubled, but none stands alone")
    func combinations() async throws {
        let judge = try Judge()
        let good: [(String, Set<Demands.Prompt>)] = [
            ("login", [.login]), ("login login", [.login]), ("login consent", [.login, .consent]),
            ("  consent  ", [.consent]), ("select_account login create", [.selectAccount, .login, .create]),
        ]
        for (text, prompts) in good {
            #expect(try await judge.rules.validate(.authorization(.web, ["prompt": text])).demands.prompts == prompts)
        }
        for text in ["none login", "consent none", "none none select_account", "login,consent", "select account"] {
            #expect(try await judge.returned(.authorization(.web, ["prompt": text])) == .invalidRequest, "\(text)")
        }
    }
}

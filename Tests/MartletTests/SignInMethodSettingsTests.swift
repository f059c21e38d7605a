import Identity
import Testing
import Web

@testable import martlet

@Suite("The order of ways to sign in (B011)")
struct SignInMethodSettingsTests {
    private static let yaml = """
        providers:
          google: {client_id: a, client_secret: b}
          linkedin: {type: openid, issuer: "https://l.example", client_id: a, client_secret: b}
          discord: {client_id: a}
        """

    @Test(
        "B011: unless it is said, password, link and then providers: the file's in its order, then the others by kind")
    func usual() throws {
        let variables = ProviderDesk.variables("gitlab", "facebook", "github")
        let settings = try SettingsDesk.read(yaml: Self.yaml, variables)
        let names = ["password", "magic_link", "google", "linkedin", "github", "facebook", "gitlab"]
        #expect(settings.signInMethods.map(\.name) == names)
        #expect(settings.providers.map(\.id) == Array(names.dropFirst(2)) && settings.takesProviders)
    }

    @Test("B011: what sign_in.methods says is the order of the page; a provider that it leaves out leads nowhere")
    func given() throws {
        let settings = try SettingsDesk.read(
            yaml: Self.yaml + "\nsign_in: {methods: [magic_link, linkedin, password]}")
        #expect(settings.signInMethods == [.magicLink, .upstream("linkedin"), .password])
        #expect(settings.offeredProviders.map(\.id) == ["linkedin"])
        #expect(settings.providers.map(\.id) == ["google", "linkedin"])
        let web = House.webSettings(settings)
        #expect(web.signInMethods == settings.signInMethods)
    }

    @Test("B040: one that is off is left out of the page, and the rest stays as it was")
    func off() throws {
        let settings = try SettingsDesk.read(yaml: Self.yaml + "\nsign_in: {methods: [discord, google, password]}")
        #expect(settings.signInMethods == [.upstream("google"), .password])
        #expect(settings.providerWarnings.count == 1 && settings.providerWarnings[0].contains("by discord"))
    }

    @Test(
        "A name that leads nowhere is refused, with the one that was meant",
        arguments: [
            ("gogle", "did you mean google?"), ("Password", "did you mean password?"),
            ("magic-link", "did you mean magic_link?"), ("linkdin", "did you mean linkedin?"),
            ("github", "give providers.github with its client_id and client_secret"), ("telepathy", "which is none of"),
            ("pwd", "which is none of"), ("''", "which is none of"),
        ])
    func unknown(name: String, advice: String) throws {
        let faults = try SettingsDesk.faults(yaml: Self.yaml + "\nsign_in:\n  methods:\n    - password\n    - \(name)")
        #expect(faults.count == 1, "\(faults)")
        let isNothing = name == "''"
        #expect(faults.allSatisfy { $0.hasPrefix(isNothing ? "martlet.yaml:" : "martlet.yaml:8:7: ") }, "\(faults)")
        #expect(isNothing || faults.allSatisfy { $0.contains(advice) }, "\(faults)")
    }

    @Test(
        "None, one that stands there twice, and what is no list are refused",
        arguments: ["[]", "[password, password]", "{a: b}", "[[a]]", ""])
    func shapes(methods: String) throws {
        let faults = try SettingsDesk.faults(yaml: Self.yaml + "\nsign_in:\n  methods: \(methods)")
        #expect(faults.count == 1, "\(faults)")
    }

    @Test("Nobody is locked out: where all that is named is off, the server does not start (B040)")
    func nobody() throws {
        let faults = try SettingsDesk.faults(yaml: Self.yaml + "\nsign_in: {methods: [discord]}")
        #expect(faults.count == 1 && faults[0].hasPrefix("martlet.yaml:5:"), "\(faults)")
        #expect(faults[0].contains("nobody could sign in") && faults[0].contains("providers.discord.client_secret"))
    }

    @Test(
        "B086, B134: without passwords opt_in locks out nobody who can come by a provider, and everybody else as before"
    )
    func optIn() throws {
        let byProvider = Self.yaml + "\nsign_in: {methods: [magic_link, google]}"
        #expect(try SettingsDesk.read(yaml: byProvider).signInMethods == [.magicLink, .upstream("google")])
        #expect(try !SettingsDesk.read(yaml: byProvider).takesPasswords)
        for methods in ["[magic_link]", "[magic_link, discord]"] {
            let faults = try SettingsDesk.faults(yaml: Self.yaml + "\nsign_in: {methods: \(methods)}")
            #expect(faults.count == 1 && faults[0].contains("give magic_link.policy any or roles"), "\(faults)")
        }
    }

    @Test(
        "B134: without passwords people sign up by providers, which no invitation does",
        arguments: [("open", 0), ("domains", 0), ("invitation", 1)])
    func signUp(mode: String, count: Int) throws {
        var yaml = Self.yaml + "\nsign_in: {methods: [google]}\nsign_up:\n  mode: \(mode)"
        if mode == "domains" { yaml += "\n  domains: [example.org]" }
        let faults = try SettingsDesk.faults(yaml: yaml)
        #expect(faults.count == count && faults.allSatisfy { $0.contains("sign-up needs a password") }, "\(faults)")
        #expect(try SettingsDesk.faults(yaml: yaml.replacing("[google]", with: "[discord, google]")).count == count)
        #expect(try SettingsDesk.faults(yaml: yaml.replacing("[google]", with: "[discord]")).count >= 1)
    }
}

import Identity
import Testing

@testable import martlet

@Suite("Settings of signing in by mail")
struct MagicLinkSettingsTests {
    private static let byMailAlone = ["MARTLET_SIGN_IN_METHODS": "magic_link"]

    @Test("B047, B048: out of the box whoever chose it may sign in by mail, for ten minutes, in the browser that asked")
    func defaults() throws {
        let settings = try SettingsDesk.read()
        #expect(settings.signInMethods == [.password, .magicLink] && settings.takesPasswords)
        #expect(settings.magicLinks.rules == MagicLinkPolicy())
        let rules = settings.magicLinks.rules
        #expect(rules.people == .optIn && rules.lifetime == 600 && rules.crossDevice == .goBack)
        #expect(!rules.verifiesAddress && rules.upstreamPeople == .hint)
    }

    @Test("Every one is read, from the file as from variables")
    func read() throws {
        let wanted = MagicLinkPolicy(
            people: .roles(["InteractiveReporter", "staff"]), upstreamPeople: .allow, crossDevice: .goBack,
            lifetime: 3600, verifiesAddress: true)
        let yaml = """
            magic_link:
              policy: roles
              roles: [InteractiveReporter, staff]
              lifetime: 60m
              cross_device: go_back
              verify_ip: true
              upstream_people: allow
            """
        #expect(try SettingsDesk.read(yaml: yaml).magicLinks.rules == wanted)
        let variables = [
            "MARTLET_MAGIC_LINK_POLICY": "roles", "MARTLET_MAGIC_LINK_ROLES": "InteractiveReporter, staff",
            "MARTLET_MAGIC_LINK_LIFETIME": "1h", "MARTLET_MAGIC_LINK_CROSS_DEVICE": "go_back",
            "MARTLET_MAGIC_LINK_VERIFY_IP": "true", "MARTLET_MAGIC_LINK_UPSTREAM_PEOPLE": "allow",
        ]
        #expect(try SettingsDesk.read(variables).magicLinks.rules == wanted)
        let elsewhere = ["MARTLET_MAGIC_LINK_POLICY": "any", "MARTLET_MAGIC_LINK_CROSS_DEVICE": "login_here"]
        let rules = try SettingsDesk.read(elsewhere).magicLinks.rules
        #expect(rules.people == .anybody && rules.crossDevice == .loginHere && rules.lifetime == 600)
    }

    @Test(
        "What is out of shape or range is refused, and the default never taken instead (CF7)",
        arguments: [
            ("POLICY", "everybody"), ("POLICY", ""), ("POLICY", "opt-in"), ("POLICY", "ANY"), ("ROLES", "two words"),
            ("ROLES", "a;b"), ("ROLES", "rôle"), ("ROLES", "staff,staff"), ("ROLES", String(repeating: "r", count: 65)),
            ("LIFETIME", "59s"), ("LIFETIME", "61m"), ("LIFETIME", "3601"), ("LIFETIME", "0"), ("LIFETIME", "-10m"),
            ("LIFETIME", "ten"), ("CROSS_DEVICE", "login-here"), ("CROSS_DEVICE", "true"), ("VERIFY_IP", "yes"),
            ("VERIFY_IP", "1"), ("UPSTREAM_PEOPLE", "refuse"), ("UPSTREAM_PEOPLE", "false"),
        ])
    func values(name: String, text: String) throws {
        var environment = ["MARTLET_MAGIC_LINK_" + name: text]
        if name == "ROLES" { environment["MARTLET_MAGIC_LINK_POLICY"] = "roles" }
        let faults = try SettingsDesk.faults(environment)
        #expect(faults.count == 1 && faults.first?.hasPrefix("MARTLET_MAGIC_LINK_\(name): ") == true, "\(faults)")
    }

    @Test("A slip of the pen is told with its place and the word that was meant")
    func spelling() throws {
        #expect(
            try SettingsDesk.faults(["MARTLET_MAGIC_LINK_POLICY": "optin"]) == [
                "MARTLET_MAGIC_LINK_POLICY: magic_link.policy is “optin”; expected one of opt_in, roles, any (did you mean opt_in?)"
            ])
        let methods = try SettingsDesk.faults(yaml: "sign_in:\n  methods: [password, magic_links]")
        #expect(methods.count == 1 && methods[0].hasPrefix("martlet.yaml:2:"))
        #expect(methods[0].contains("“magic_links”") && methods[0].contains("did you mean magic_link?"))
        let name = try SettingsDesk.faults(yaml: "magic_link:\n  lifetime: 10m\n  polcy: any")
        #expect(name.count == 1 && name[0].hasPrefix("martlet.yaml:3:"))
        #expect(name[0].contains("did you mean magic_link.policy?"))
        let variable = try SettingsDesk.faults(["MARTLET_MAGIC_LINK_ROLE": "staff"])
        #expect(variable.count == 1 && variable[0].contains("MARTLET_MAGIC_LINK_ROLES"))
    }

    @Test(
        "The policy roles without roles would let in nobody, and roles under another policy say nothing: both are told")
    func roles() throws {
        let alone = try SettingsDesk.faults(yaml: "magic_link:\n  policy: roles")
        #expect(alone.count == 1 && alone[0].hasPrefix("martlet.yaml:2:"))
        #expect(alone[0].hasSuffix("magic_link.policy is roles, but magic_link.roles names none; name them"))
        for policy in ["opt_in", "any"] {
            let faults = try SettingsDesk.faults(yaml: "magic_link:\n  policy: \(policy)\n  roles: [staff]")
            #expect(faults.count == 1 && faults[0].hasPrefix("martlet.yaml:3:"))
            #expect(faults[0].contains("magic_link.roles is given, but magic_link.policy is \(policy)"))
        }
        #expect(
            try SettingsDesk.faults(["MARTLET_MAGIC_LINK_ROLES": "staff"]).first?.hasPrefix(
                "MARTLET_MAGIC_LINK_ROLES: ")
                == true)
    }

    @Test("D9: a link that is good elsewhere, too, is good for ten minutes at most")
    func longElsewhere() throws {
        let yaml = "magic_link:\n  cross_device: login_here\n  lifetime: "
        for lifetime in ["601", "11m", "1h"] {
            let faults = try SettingsDesk.faults(yaml: yaml + lifetime)
            #expect(faults.count == 1 && faults[0].hasPrefix("martlet.yaml:3:"))
            #expect(faults[0].contains("magic_link.lifetime is longer than 10m"))
        }
        #expect(try SettingsDesk.faults(yaml: yaml + "10m").isEmpty)
        #expect(try SettingsDesk.faults(["MARTLET_MAGIC_LINK_LIFETIME": "1h"]).isEmpty)
    }

    @Test("Where links are switched off their settings may stay")
    func switchedOff() throws {
        let environment = ["MARTLET_SIGN_IN_METHODS": "password", "MARTLET_MAGIC_LINK_POLICY": "any"]
        let settings = try SettingsDesk.read(environment)
        #expect(settings.signInMethods == [.password] && settings.magicLinks.policy == .anybody)
    }

    @Test("B134: passwords can be left out")
    func withoutPasswords() throws {
        let settings = try SettingsDesk.read(Self.byMailAlone.merging(["MARTLET_MAGIC_LINK_POLICY": "any"]) { $1 })
        #expect(settings.signInMethods == [.magicLink] && !settings.takesPasswords)
        #expect(!settings.magicLinkPolicy.takesPasswords)
    }

    @Test("B086, B134: but not where nobody could come in to switch links on")
    func nobodyIn() throws {
        for policy in [[:], ["MARTLET_MAGIC_LINK_POLICY": "opt_in"]] {
            let faults = try SettingsDesk.faults(Self.byMailAlone.merging(policy) { $1 })
            #expect(faults.count == 1)
            #expect(faults[0].hasPrefix("MARTLET_SIGN_IN_METHODS: sign_in.methods leaves out password, "))
            #expect(faults[0].hasSuffix("give magic_link.policy any or roles"))
        }
    }

    @Test("B134: nobody can sign up without a password", arguments: ["open", "invitation", "domains"])
    func signUp(mode: String) throws {
        var environment = Self.byMailAlone.merging(["MARTLET_MAGIC_LINK_POLICY": "any", "MARTLET_SIGN_UP_MODE": mode]) {
            $1
        }
        if mode == "domains" { environment["MARTLET_SIGN_UP_DOMAINS"] = "example.org" }
        let faults = try SettingsDesk.faults(environment)
        #expect(faults.count == 1 && faults[0].hasPrefix("MARTLET_SIGN_UP_MODE: sign-up needs a password: "))
        environment["MARTLET_SIGN_IN_METHODS"] = "password,magic_link"
        #expect(try SettingsDesk.faults(environment).isEmpty)
    }
}

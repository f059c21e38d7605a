import Identity
import OAuth
import Testing

@testable import martlet

@Suite("Settings of second factors (B098-B106, AZ20)")
struct FactorSettingsTests {
    private static let metals = """
        second_factor:
          levels:
            urn:example:bronze: 1
            urn:example:gold: 2
            urn:example:diamond: 2, phishing_resistant

        """

    @Test("B100-B104: out of the box factors can be set up, are asked for, and nobody is exempt")
    func defaults() throws {
        let settings = try SettingsDesk.read()
        #expect(settings.factorPolicy == FactorPolicy())
        #expect(settings.levelPolicy == LevelPolicy())
        #expect(settings.factorWarnings.isEmpty)
        let policy = settings.factorPolicy
        #expect(policy.isOn && policy.kinds == Factor.Kind.allCases && policy.rememberedFor == 14 * 86_400)
        #expect(policy.tries.limit == 5 && policy.tries.lockout == 900 && policy.mailCodeLifetime == 600)
        #expect(policy.exemptRoles.isEmpty && policy.exemptClients.isEmpty && policy.exemptPaths.isEmpty)
        #expect(policy.grace == 7 * 86_400 && policy.recoveryWait == 86_400)
    }

    @Test("Every one is read, from the file as from variables")
    func read() throws {
        let yaml = """
            scopes: {orders: Order things}
            second_factor:
              enabled: true
              methods: [passkey, totp]
              remember: 0s
              attempts: 3
              lockout: 1h
              mail_code_lifetime: 5m
              exempt_roles: [kiosk]
              exempt_clients: [old-wiki]
              exempt_paths: [/account/notices]
              required_roles: [staff]
              required_clients: [books]
              grace: 0s
              recovery_wait: 3d
              levels:
                urn:example:bronze: 1
                urn:example:gold: 2
                urn:example:diamond: 2, phishing_resistant
              scope_levels: {orders: "urn:example:gold"}
              role_levels: {staff: "urn:example:diamond"}
            """
        var policy = FactorPolicy()
        policy.kinds = [.passkey, .totp]
        policy.rememberedFor = 0
        policy.tries = FactorTries(limit: 3, lockout: 3600)
        policy.mailCodeLifetime = 300
        policy.exemptRoles = ["kiosk"]
        policy.exemptClients = ["old-wiki"]
        policy.exemptPaths = ["/account/notices"]
        policy.requiredRoles = ["staff"]
        policy.requiredClients = ["books"]
        policy.grace = 0
        policy.recoveryWait = 3 * 86_400
        policy.levels = AuthenticationLevels([
            .init("urn:example:bronze", classes: 1), .init("urn:example:gold", classes: 2),
            .init("urn:example:diamond", classes: 2, isPhishingResistant: true),
        ])
        policy.roleLevels = ["staff": "urn:example:diamond"]
        let levels = LevelPolicy(
            levels: policy.levels, scopeLevels: ["orders": "urn:example:gold"],
            roleLevels: ["staff": "urn:example:diamond"], exemptClients: ["old-wiki"])
        let variables = [
            "SCOPES": "orders=Order things", "SECOND_FACTOR_METHODS": "passkey, totp", "SECOND_FACTOR_REMEMBER": "0",
            "SECOND_FACTOR_ATTEMPTS": "3", "SECOND_FACTOR_LOCKOUT": "60m", "SECOND_FACTOR_MAIL_CODE_LIFETIME": "300",
            "SECOND_FACTOR_EXEMPT_ROLES": "kiosk", "SECOND_FACTOR_EXEMPT_CLIENTS": "old-wiki",
            "SECOND_FACTOR_EXEMPT_PATHS": "/account/notices", "SECOND_FACTOR_REQUIRED_ROLES": "staff",
            "SECOND_FACTOR_REQUIRED_CLIENTS": "books", "SECOND_FACTOR_GRACE": "0s",
            "SECOND_FACTOR_RECOVERY_WAIT": "72h",
            "SECOND_FACTOR_LEVELS":
                "urn:example:bronze=1; urn:example:gold=2; urn:example:diamond=2, phishing_resistant",
            "SECOND_FACTOR_SCOPE_LEVELS": "orders=urn:example:gold",
            "SECOND_FACTOR_ROLE_LEVELS": "staff=urn:example:diamond",
        ]
        let environment = Dictionary(uniqueKeysWithValues: variables.map { ("MARTLET_" + $0.key, $0.value) })
        for settings in [try SettingsDesk.read(yaml: yaml), try SettingsDesk.read(environment)] {
            #expect(settings.factorPolicy == policy)
            #expect(settings.levelPolicy == levels)
        }
    }

    @Test(
        "What is out of shape or range is refused, and the default never taken instead (CF7)",
        arguments: [
            ("ENABLED", "yes"), ("ENABLED", ""), ("METHODS", ""), ("METHODS", "totp,totp"), ("METHODS", "sms"),
            ("METHODS", "backup_code"), ("REMEMBER", "31d"), ("REMEMBER", "-1"), ("ATTEMPTS", "2"), ("ATTEMPTS", "11"),
            ("ATTEMPTS", "0"), ("LOCKOUT", "14m"), ("LOCKOUT", "61m"), ("LOCKOUT", "0"), ("MAIL_CODE_LIFETIME", "4m"),
            ("MAIL_CODE_LIFETIME", "16m"), ("EXEMPT_ROLES", "*"), ("EXEMPT_ROLES", "two words"),
            ("EXEMPT_CLIENTS", "a b"), ("EXEMPT_CLIENTS", "wiki,wiki"), ("REQUIRED_ROLES", "*, staff"),
            ("REQUIRED_ROLES", "st*"), ("REQUIRED_CLIENTS", "é"), ("GRACE", "91d"), ("GRACE", "soon"),
            ("RECOVERY_WAIT", "23h"), ("RECOVERY_WAIT", "31d"), ("RECOVERY_WAIT", "0s"),
            ("EXEMPT_PATHS", "help"), ("EXEMPT_PATHS", "/"), ("EXEMPT_PATHS", "/help/"), ("EXEMPT_PATHS", "/help/*"),
            ("EXEMPT_PATHS", "/a//b"), ("EXEMPT_PATHS", "/a/../admin"), ("EXEMPT_PATHS", "/./admin"),
            ("EXEMPT_PATHS", "/%61dmin"), ("EXEMPT_PATHS", "/help?x"), ("EXEMPT_PATHS", "https://a.example/help"),
            ("LEVELS", ""), ("LEVELS", "urn:a"), ("LEVELS", "urn:a=0"), ("LEVELS", "urn:a=5"), ("LEVELS", "urn:a=two"),
            ("LEVELS", "urn:a=1, resistant"), ("LEVELS", "urn:a=1, phishing_resistant, phishing_resistant"),
            ("LEVELS", "urn:a=1; urn:a=2"), ("LEVELS", "two words=1"), ("LEVELS", "é=1"),
            ("SCOPE_LEVELS", "orders"), ("SCOPE_LEVELS", "or ders=urn:martlet:acr:2"),
            ("SCOPE_LEVELS", "email=urn:martlet:acr:2; email=urn:martlet:acr:1"),
            ("ROLE_LEVELS", "*=urn:martlet:acr:2"), ("ROLE_LEVELS", "two words=urn:martlet:acr:2"),
        ])
    func values(name: String, text: String) throws {
        let variable = "MARTLET_SECOND_FACTOR_" + name
        let faults = try SettingsDesk.faults([variable: text])
        #expect(faults.count == 1 && faults.first?.hasPrefix(variable + ": ") == true, "\(faults)")
    }

    @Test(
        "A demand for what there is not would be met by nobody: it is refused, with what was meant",
        arguments: [
            ("scope_levels: {email: \"urn:example:golt\"}", "did you mean urn:example:gold?"),
            ("role_levels: {staff: \"urn:example:dimond\"}", "did you mean urn:example:diamond?"),
            ("role_levels: {staff: \"urn:martlet:acr:2\"}", "does not have"),
            ("scope_levels: {emial: \"urn:example:gold\"}", "did you mean email?"),
            ("scope_levels: {orders: \"urn:example:gold\"}", "does not know"),
        ])
    func demands(line: String, advice: String) throws {
        let faults = try SettingsDesk.faults(yaml: Self.metals + "  " + line)
        #expect(faults.count == 1 && faults.allSatisfy { $0.contains(advice) }, "\(faults)")
        #expect(faults.allSatisfy { $0.hasPrefix("martlet.yaml:6:") }, "\(faults)")
    }

    @Test(
        "Levels that do not rise are refused",
        arguments: [
            "urn:a=2; urn:b=1", "urn:a=1; urn:b=1", "urn:a=1; urn:b=3; urn:c=2",
            "urn:a=1; urn:b=2, phishing_resistant; urn:c=3", "urn:a=2", "urn:a=1, phishing_resistant",
        ])
    func falling(levels: String) throws {
        let faults = try SettingsDesk.faults(["MARTLET_SECOND_FACTOR_LEVELS": levels])
        #expect(!faults.isEmpty && faults.allSatisfy { $0.hasPrefix("MARTLET_SECOND_FACTOR_LEVELS: ") }, "\(faults)")
    }

    @Test(
        "B105, B106: administration, the protocol and what protects an account are never exempt, nor what holds them",
        arguments: [
            "/admin", "/admin/people", "/api", "/api/admin/v1", "/account", "/account/security", "/account/factors/x",
            "/account/password", "/authorize", "/consent", "/second-factor", "/setup",
        ])
    func neverExempt(path: String) throws {
        let faults = try SettingsDesk.faults(["MARTLET_SECOND_FACTOR_EXEMPT_PATHS": "/help, \(path)"])
        #expect(faults.count == 1 && faults.allSatisfy { $0.contains("always asks") }, "\(faults)")
    }

    @Test("B106: a path is a path by whole segments", arguments: ["/adminx", "/apis", "/account-help", "/help/admin"])
    func lookAlikes(path: String) throws {
        let settings = try SettingsDesk.read(["MARTLET_SECOND_FACTOR_EXEMPT_PATHS": path])
        #expect(settings.factorPolicy.exemptPaths == [path])
    }

    @Test(
        "Exempt and required at once is a slip, and refused",
        arguments: [
            "exempt_roles: [staff, kiosk]\n  required_roles: [staff]", "exempt_roles: [kiosk]\n  required_roles: ['*']",
            "exempt_clients: [books]\n  required_clients: [wiki, books]",
        ])
    func contradictions(lines: String) throws {
        #expect(try SettingsDesk.faults(yaml: "second_factor:\n  " + lines).count == 1)
    }

    @Test("Methods that nobody could use, or without which nobody reaches what is demanded, are refused")
    func methods() throws {
        let elsewhere = ["MARTLET_ISSUER": "https://id.example.com"]
        #expect(try SettingsDesk.faults(elsewhere).isEmpty)
        let mailed = elsewhere.merging(["MARTLET_SECOND_FACTOR_METHODS": "mail_code"]) { first, _ in first }
        #expect(try SettingsDesk.faults(mailed).count == 1)
        let served = mailed.merging(["MARTLET_MAIL_SMTP_HOST": "smtp.example.com"]) { first, _ in first }
        #expect(try SettingsDesk.faults(served).isEmpty)
        for (level, count) in [("urn:martlet:acr:3", 1), ("urn:martlet:acr:2", 0)] {
            let keyless = [
                "MARTLET_SECOND_FACTOR_METHODS": "totp", "MARTLET_SECOND_FACTOR_ROLE_LEVELS": "staff=\(level)",
            ]
            #expect(try SettingsDesk.faults(keyless).count == count)
        }
    }

    @Test("B099, B104: whoever is let in with less is told at the start, and switched off is said first")
    func warnings() throws {
        let off = try SettingsDesk.read(["MARTLET_SECOND_FACTOR_ENABLED": "false"])
        #expect(!off.factorPolicy.isOn && off.factorWarnings.count == 1)
        #expect(off.factorWarnings.first?.contains("sign in without it") ?? false)
        let exempt = try SettingsDesk.read([
            "MARTLET_SECOND_FACTOR_EXEMPT_ROLES": "administrator", "MARTLET_SECOND_FACTOR_EXEMPT_CLIENTS": "wiki",
            "MARTLET_SECOND_FACTOR_EXEMPT_PATHS": "/account/notices",
        ])
        #expect(exempt.factorWarnings.count == 3)
        #expect(exempt.factorWarnings.first?.contains("administrator") ?? false)
    }

    @Test("No provider is called what a proof or a value of amr is called", arguments: Proof.reserved.sorted())
    func providerNames(name: String) throws {
        let yaml =
            "providers:\n  \(name): {type: openid, issuer: \"https://l.example\", client_id: a, client_secret: b}"
        let faults = try SettingsDesk.faults(yaml: yaml)
        #expect(faults.count == 1 && faults.allSatisfy { $0.contains("no provider can be called") }, "\(faults)")
    }
}

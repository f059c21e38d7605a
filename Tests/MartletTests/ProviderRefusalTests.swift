import Cryptography
import Identity
import Testing

@testable import martlet

@Suite("Settings of providers that are wrong are refused, each with its place (B040, CF7)")
struct ProviderRefusalTests {
    @Test(
        "A name that could be taken for something else is refused",
        arguments: [
            "password", "magic_link", "passkey", "pwd", "otp", "email", "mfa", "other", "code", "again", "connect",
            "address", "recovery", "upstream", "GitHub", "git hub", "g", "1hub", "-hub", "_hub", "hüb", "git.hub",
            "a/b",
            "'../x'", "''", "abcdefghijklmnopqrstuvwxyzabcdefg", "'<b>'", "[a]",
        ])
    func names(id: String) throws {
        let faults = try SettingsDesk.faults(
            yaml: "providers:\n  \(id == "[a]" ? "? [a]\n  " : id): {type: github, client_id: a, client_secret: b}")
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.allSatisfy { $0.hasPrefix("martlet.yaml:2:") && $0.contains("no provider can be called") })
    }

    @Test("A slip of the pen is told with its place and the word that was meant")
    func spelling() throws {
        let cases: [(String, String, String)] = [
            ("providers:\n  GitHub: {client_id: a}", "martlet.yaml:2:3: ", "did you mean github?"),
            ("providers:\n  githbu: {client_id: a}", "martlet.yaml:2:3: ", "did you mean github?"),
            ("providers:\n  work: {type: githbu}", "martlet.yaml:2:16: ", "did you mean github?"),
            (
                "providers:\n  github:\n    cleint_id: a", "martlet.yaml:3:5: ",
                "did you mean providers.github.client_id?"
            ),
            (
                "providers:\n  github:\n    client_secret_fil: a", "martlet.yaml:3:5: ",
                "did you mean providers.github.client_secret_file?"
            ),
            ("providers.github.scope: [a]", "martlet.yaml:1:1: ", "did you mean providers.github.scopes?"),
            ("provider: {github: {client_id: a}}", "martlet.yaml:1:1: ", "did you mean providers?"),
        ]
        for (yaml, place, guess) in cases {
            let faults = try SettingsDesk.faults(yaml: yaml)
            #expect(faults.count == 1 && faults[0].hasPrefix(place) && faults[0].contains(guess), "\(faults)")
        }
        let variable = try SettingsDesk.faults(["MARTLET_PROVIDERS_GITHUB_CLIENTID": "a"])
        #expect(variable.count == 1 && variable[0].hasSuffix("did you mean MARTLET_PROVIDERS_GITHUB_CLIENT_ID?"))
        let other = try SettingsDesk.faults(["MARTLET_PROVIDERS_LINKEDIN_CLIENT_ID": "a"])
        #expect(other.count == 1 && other[0].contains("has to stand in martlet.yaml, with its type"), "\(other)")
    }

    @Test(
        "What is out of shape is refused where it stands, and the rest is taken for right",
        arguments: [
            "scopes: read:user user:email", "scopes: {a: b}", "scopes: []", "scopes: [a, a]", "scopes: ['a b']",
            "scopes: ['a\"']", "scopes: [[a]]", "scopes:", "base_url: http://github.example.com",
            "base_url: http://10.0.0.1", "base_url: http://localhost.example.com", "base_url: github.example.com",
            "base_url: https://a.example/", "base_url: https://a.example?x=1", "base_url: 'https://a.example#x'",
            "base_url: https://me:hunter2@a.example", "base_url: https://", "base_url: https://a.example:99999",
            "base_url: ftp://a.example", "base_url: 'https://a.example/b c'", "base_url: https://a.exämple",
            "base_url: 'https://a.example\\@b.example'", "base_url: HTTPS://a.example", "pkce: yes", "pkce: plain",
            "link_by_address: maybe", "keep_tokens: 1", "name: ''", "name: \"two\\nlines\"", "name: \"\\u202Eeman\"",
            "type: saml", "type: GitHub", "type: [github]", "organisation: a/b", "organisation: 'a b'",
        ])
    func values(line: String) throws {
        let faults = try SettingsDesk.faults(yaml: ProviderDesk.yaml("github", line))
        #expect(faults.count == 1, "\(faults)")
        let name = "providers.github.\(line.prefix { $0 != ":" })"
        #expect(faults.allSatisfy { $0.hasPrefix("martlet.yaml:5:") && $0.contains(name) }, "\(faults)")
        #expect(faults.allSatisfy { !$0.contains("hunter2") }, "\(faults)")
    }

    @Test(
        "Neither id nor secret may be what nobody gives out, and a secret that is refused is not shown (CF3)",
        arguments: [
            ("client_id", "a b"), ("client_id", "é"), ("client_id", ""),
            ("client_id", String(repeating: "a", count: 256)),
            ("client_secret", "hunter2é"), ("client_secret", "hunter2\u{7}"), ("client_secret", "hunter2\nmore"),
            ("client_secret", ""),
        ])
    func credentials(key: String, text: String) throws {
        var environment = ProviderDesk.variables("github")
        environment["MARTLET_PROVIDERS_GITHUB_\(key.uppercased())"] = text
        let faults = try SettingsDesk.faults(environment)
        #expect(faults.count == 1, "\(faults)")
        #expect(
            faults.allSatisfy {
                $0.hasPrefix("MARTLET_PROVIDERS_GITHUB_\(key.uppercased()): ") && !$0.contains("hunter2")
            })
    }

    @Test("A secret that is given twice is refused, in the file and in the environment")
    func twice() throws {
        let scratch = try Scratch()
        let path = try scratch.write("hunter2", to: "secret")
        let both = ["client_secret: hunter2", "client_secret_file: \(path)"]
        for lines in [both, both.reversed()] {
            let faults = try SettingsDesk.faults(
                yaml: "providers:\n  github:\n    client_id: a\n    \(lines[0])\n    \(lines[1])")
            #expect(faults.count == 1 && faults[0].contains("martlet.yaml:"), "\(faults)")
            #expect(faults.allSatisfy { $0.contains("client_secret") && !$0.contains("hunter2") })
        }
        var environment = ProviderDesk.variables("github")
        environment["MARTLET_PROVIDERS_GITHUB_CLIENT_SECRET_FILE"] = path
        #expect(
            try SettingsDesk.faults(environment) == [
                "MARTLET_PROVIDERS_GITHUB_CLIENT_SECRET_FILE: stands beside MARTLET_PROVIDERS_GITHUB_CLIENT_SECRET; "
                    + "give one of them"
            ])
    }

    @Test("A file of a secret that is missing or empty is refused, and no provider is off for it in silence")
    func badFiles() throws {
        let scratch = try Scratch()
        for path in ["/nonexistent/secret", try scratch.write("\n", to: "empty"), scratch.path] {
            let faults = try SettingsDesk.faults(
                yaml: "providers:\n  github:\n    client_id: a\n    client_secret_file: \(path)")
            #expect(faults.count == 1 && faults[0].hasPrefix("martlet.yaml:4:25: the file “"), "\(faults)")
        }
    }

    @Test("What a kind needs, and what it has no use for, is told")
    func kinds() throws {
        let cases: [(String, [String], String, String)] = [
            ("linkedin", [], "martlet.yaml:2:3: ", "providers.linkedin has no type; give one of github, "),
            ("linkedin", ["type: openid"], "martlet.yaml:2:3: ", "of the type openid, which needs issuer; give it"),
            ("openid", [], "martlet.yaml:2:3: ", "of the type openid, which needs issuer; give it"),
            ("github", ["team: A1B2C3D4E5"], "martlet.yaml:5:11: ", "github.team is for the type apple"),
            ("google", ["key_id: A1B2C3D4E5"], "martlet.yaml:5:13: ", "google.key_id is for the type apple"),
            ("github", ["organisation: acme"], "martlet.yaml:5:19: ", "is for the type google or microsoft"),
            ("google", ["issuer: https://a.example"], "martlet.yaml:5:13: ", "is for the type openid"),
            (
                "openid", ["issuer: https://a.example\n    base_url: https://b.example"], "martlet.yaml:6:15: ",
                "and this is openid"
            ),
            ("microsoft", ["organisation: '*'"], "martlet.yaml:5:19: ", "give the tenant's id, or common"),
        ]
        for (id, lines, place, sentence) in cases {
            let yaml = lines.isEmpty ? ProviderDesk.yaml(id) : ProviderDesk.yaml(id, lines[0])
            let faults = try SettingsDesk.faults(yaml: yaml)
            #expect(faults.count == 1 && faults[0].hasPrefix(place) && faults[0].contains(sentence), "\(faults)")
        }
    }

    @Test("Apple needs a team, the key's id and a P-256 key; anything else is refused and not shown")
    func apple() throws {
        let whole = ["MARTLET_PROVIDERS_APPLE_TEAM": "A1B2C3D4E5", "MARTLET_PROVIDERS_APPLE_KEY_ID": "F6G7H8I9J0"]
        let key = try PrivateKey.generate(.p256).pem()
        let rsa = try PrivateKey.generate(.rsa).pem()
        var environment = ProviderDesk.variables("apple").merging(whole) { $1 }
        for wrong in ["hunter2", rsa, String(key.dropLast(60)), try PrivateKey.generate(.ed25519).pem()] {
            environment["MARTLET_PROVIDERS_APPLE_CLIENT_SECRET"] = wrong
            let faults = try SettingsDesk.faults(environment)
            #expect(faults.count == 1 && faults[0].hasPrefix("MARTLET_PROVIDERS_APPLE_CLIENT_SECRET: "), "\(faults)")
            #expect(faults.allSatisfy { $0.contains("a P-256 private key in PEM") && !$0.contains(wrong.prefix(60)) })
        }
        environment["MARTLET_PROVIDERS_APPLE_CLIENT_SECRET"] = key
        #expect(try SettingsDesk.faults(environment).isEmpty)
        for name in whole.keys {
            for wrong in ["a1b2c3d4e5", "A1B2C3D4E", "A1B2C3D4E55", "A1B2C-D4E5"] {
                #expect(try SettingsDesk.faults(environment.merging([name: wrong]) { $1 }).count == 1)
            }
            let faults = try SettingsDesk.faults(environment.filter { $0.key != name })
            #expect(faults.count == 1 && faults[0].contains("of the type apple, which needs "), "\(faults)")
        }
    }

    @Test("Two names that would share their variables are refused")
    func twins() throws {
        let yaml = """
            providers:
              my-idp: {type: github, client_id: a, client_secret: b}
              my_idp: {type: github, client_id: a, client_secret: b}
            """
        let faults = try SettingsDesk.faults(yaml: yaml)
        #expect(
            faults.count == 1 && faults[0].hasPrefix("martlet.yaml:3:3: ") && faults[0].contains("my-idp"), "\(faults)")
    }

    @Test(
        "What is no provider is refused",
        arguments: [
            "providers: github", "providers: [github]", "providers:", "providers:\n  github: abc",
            "providers:\n  github: [client_id]", "providers:\n  github:\n    client_id:",
            "providers:\n  github:\n    client_id: [a]", "providers:\n  github:\n    client_id: {a: b}",
            "providers:\n  github:\n    ? [a]\n    : b",
            "providers:\n  github: {client_id: a}\n  github: {client_id: b}",
        ])
    func shapes(yaml: String) throws {
        let faults = try SettingsDesk.faults(yaml: yaml)
        #expect(faults.count == 1 && faults[0].hasPrefix("martlet.yaml:"), "\(faults)")
    }

    @Test("Everything that is wrong is told at once, each fault at its own line, and no echo of one")
    func together() throws {
        let yaml = """
            issuer: ftp://id.example.com
            sign_in:
              methods: [password, gihub]
            providers:
              password: {client_id: a}
              github:
                client_id: a b
                colour: red
              linkedin: {client_id: a, client_secret: b}
              company:
                type: openid
                isuer: https://id.example.org
              apple: {client_id: a, key_id: A1B2C3D4E5}
              google: {client_id: a, client_secret: b, base_url: "http://example.org"}
            """
        let faults = try SettingsDesk.faults(["MARTLET_PROVIDERS_DISCORD_PKCE": "no"], yaml: yaml)
        let expected = [
            ("martlet.yaml:1:9", "issuer"), ("martlet.yaml:3:23", "did you mean github?"),
            ("martlet.yaml:5:3", "“password”"), ("martlet.yaml:7:16", "providers.github.client_id"),
            ("martlet.yaml:8:5", "“providers.github.colour”"), ("martlet.yaml:9:3", "has no type"),
            ("martlet.yaml:12:5", "did you mean providers.company.issuer?"), ("martlet.yaml:13:3", "which needs team"),
            ("martlet.yaml:14:54", "http is for this machine only"),
            ("MARTLET_PROVIDERS_DISCORD_PKCE", "true or false"),
        ]
        #expect(faults.count == expected.count, "\(faults)")
        for (fault, (place, reason)) in zip(faults, expected) {
            #expect(fault.hasPrefix(place + ": ") && fault.contains(reason), "\(fault)")
        }
    }
}

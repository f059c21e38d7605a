import Cryptography
import Identity
import Testing

@testable import martlet

@Suite("Settings of providers to sign in by")
struct ProviderSettingsTests {
    @Test("B040-B043: two variables switch a known provider on, with what its kind is usually called")
    func quickStart() throws {
        let names: [UpstreamProvider.Kind: String] = [
            .github: "GitHub", .google: "Google", .discord: "Discord", .facebook: "Facebook", .microsoft: "Microsoft",
            .gitlab: "GitLab",
        ]
        for (kind, name) in names {
            let id = kind.rawValue
            let settings = try SettingsDesk.read(ProviderDesk.variables(id))
            let provider = try #require(settings.providers.first)
            #expect(settings.providers.count == 1 && settings.providerWarnings.isEmpty)
            #expect(provider.id == id && provider.kind == kind && provider.name == name)
            #expect(provider.clientID == "abc" && provider.clientSecret == ProviderDesk.secret)
            #expect(provider.scopes == nil && provider.baseURL == nil && provider.usesProofKey)
            #expect(!provider.linksByAddress && !provider.keepsTokens)
        }
    }

    @Test("Every setting is read, from the file as from variables")
    func read() throws {
        var wanted = UpstreamProvider("work", .github, name: "Work", clientID: "abc", clientSecret: ProviderDesk.secret)
        wanted.scopes = ["read:user", "user:email"]
        wanted.baseURL = "https://github.example.com"
        wanted.usesProofKey = false
        wanted.linksByAddress = true
        wanted.keepsTokens = true
        let yaml = """
            providers:
              work:
                type: github
                client_id: abc
                client_secret: \(ProviderDesk.secret)
                name: Work
                scopes: [read:user, user:email]
                base_url: https://github.example.com
                pkce: false
                link_by_address: true
                keep_tokens: true
            """
        #expect(try SettingsDesk.read(yaml: yaml).providers == [wanted])
        let variables = [
            "TYPE": "github", "CLIENT_ID": "abc", "CLIENT_SECRET": ProviderDesk.secret, "NAME": "Work",
            "SCOPES": "read:user, user:email", "BASE_URL": "https://github.example.com", "PKCE": "false",
            "LINK_BY_ADDRESS": "true", "KEEP_TOKENS": "true",
        ]
        let environment = Dictionary(
            uniqueKeysWithValues: variables.map { ("MARTLET_PROVIDERS_WORK_\($0.key)", $0.value) })
        #expect(try SettingsDesk.read(yaml: "providers:\n  work:", environment).providers == [wanted])
        let dotted = "providers.work.type: github\nproviders.work.client_id: abc\nproviders.work.name: Work"
        #expect(try SettingsDesk.read(yaml: dotted, environment).providers == [wanted])
    }

    @Test("What is peculiar to one kind is read")
    func peculiar() throws {
        let yaml = """
            providers:
              linkedin: {type: openid, issuer: "https://www.linkedin.com/oauth", client_id: a, client_secret: b, name: LinkedIn}
              google: {client_id: a, client_secret: b, organisation: "*"}
              microsoft: {client_id: a, client_secret: b, organisation: 72f988bf-86f1-41af-91ab-2d7cd011db47}
              apple: {client_id: org.example.id, team: A1B2C3D4E5, key_id: F6G7H8I9J0}
              my-idp: {type: openid, issuer: "https://id.example.org/realms/a/", client_id: a, client_secret: b}
              stand-in: {type: github, base_url: "http://127.0.0.1:9999/github", client_id: a, client_secret: b}
            """
        let key = try PrivateKey.generate(.p256).pem()
        let settings = try SettingsDesk.read(
            yaml: yaml, ["MARTLET_PROVIDERS_APPLE_CLIENT_SECRET": key, "MARTLET_PROVIDERS_MY_IDP_NAME": "Ours"])
        let providers = settings.providers
        #expect(providers.map(\.id) == ["linkedin", "google", "microsoft", "apple", "my-idp", "stand-in"])
        #expect(providers.map(\.kind) == [.openid, .google, .microsoft, .apple, .openid, .github])
        #expect(providers.map(\.name) == ["LinkedIn", "Google", "Microsoft", "Apple", "Ours", "GitHub"])
        #expect(providers[0].issuer == "https://www.linkedin.com/oauth" && providers[1].organisation == "*")
        #expect(providers[2].organisation == "72f988bf-86f1-41af-91ab-2d7cd011db47")
        #expect(providers[3].team == "A1B2C3D4E5" && providers[3].keyID == "F6G7H8I9J0")
        #expect(providers[3].clientSecret == key && providers[4].issuer == "https://id.example.org/realms/a/")
        #expect(providers[5].baseURL == "http://127.0.0.1:9999/github")
    }

    @Test("A secret may come from a file, and the environment wins over martlet.yaml")
    func secrets() throws {
        let scratch = try Scratch()
        let path = try scratch.write("from-a-file\n", to: "github")
        let yaml = "providers:\n  github:\n    client_id: abc\n    client_secret_file: \(path)"
        #expect(try SettingsDesk.read(yaml: yaml).providers.first?.clientSecret == "from-a-file")
        let plain = ["MARTLET_PROVIDERS_GITHUB_CLIENT_SECRET": "from-a-variable"]
        #expect(try SettingsDesk.read(yaml: yaml, plain).providers.first?.clientSecret == "from-a-variable")
        let named = ["MARTLET_PROVIDERS_GITHUB_CLIENT_SECRET_FILE": path]
        let written = "providers:\n  github:\n    client_id: abc\n    client_secret: from-the-yaml"
        #expect(try SettingsDesk.read(yaml: written).providers.first?.clientSecret == "from-the-yaml")
        #expect(try SettingsDesk.read(yaml: written, named).providers.first?.clientSecret == "from-a-file")
    }

    @Test("B040: without its id or secret a provider is off, which is a warning that says what to give, and no error")
    func off() throws {
        let cases: [([String: String], String?, [String])] = [
            (["MARTLET_PROVIDERS_GITHUB_CLIENT_ID": "abc"], nil, ["client_secret"]),
            (["MARTLET_PROVIDERS_GITHUB_CLIENT_SECRET": "hunter2"], nil, ["client_id"]),
            ([:], "providers:\n  github:", ["client_id", "client_secret"]),
            ([:], "providers:\n  github: {}", ["client_id", "client_secret"]),
            ([:], "providers:\n  github: {client_id: abc}", ["client_secret"]),
            (["MARTLET_PROVIDERS_GITHUB_NAME": "Hub"], nil, ["client_id", "client_secret"]),
        ]
        for (environment, yaml, missing) in cases {
            let settings =
                try yaml.map { try SettingsDesk.read(yaml: $0, environment) } ?? SettingsDesk.read(environment)
            #expect(settings.providers.isEmpty && settings.signInMethods == [.password, .magicLink])
            let warning = try #require(settings.providerWarnings.first)
            #expect(settings.providerWarnings.count == 1 && warning.hasPrefix("nobody can sign in by github: give "))
            for key in ["client_id", "client_secret"] {
                let name = "MARTLET_PROVIDERS_GITHUB_\(key.uppercased())"
                #expect(warning.contains("(or \(name))") == missing.contains(key), "\(warning)")
            }
            #expect(!warning.contains("hunter2"))
        }
    }

    @Test("CF3: the secret of a provider shows nowhere, however settings are printed")
    func printed() throws {
        let settings = try SettingsDesk.read(ProviderDesk.variables("github"))
        for text in ["\(settings)", "\(settings.providers)", String(reflecting: settings.providerDrafts)] {
            #expect(!text.contains(ProviderDesk.secret))
        }
        var dumped = ""
        dump(settings, to: &dumped)
        dump(settings.providers, to: &dumped)
        #expect(!dumped.contains(ProviderDesk.secret))
    }

    @Test("CF8: help and README tell each setting once, by ID, with its variables")
    func documented() {
        let names = ProviderCatalogue.documented.map(\.name)
        #expect(names.first == "providers.ID.type" && Set(names).count == 13)
        let secret = "`MARTLET_PROVIDERS_ID_CLIENT_SECRET`, `MARTLET_PROVIDERS_ID_CLIENT_SECRET_FILE`"
        #expect(SettingsCatalogue.markdown.contains("| `providers.ID.client_secret` | \(secret) | none |"))
        for setting in ProviderCatalogue.documented {
            #expect(SettingsCatalogue.help.contains("\(setting.explanation)\n    Default: \(setting.defaultText)."))
            #expect(SettingsCatalogue.markdown.contains("| `\(setting.name)` | `\(setting.environmentName)`"))
            #expect(setting.explanation.hasSuffix(".") && setting.explanation.count <= 110)
        }
    }
}

/// What tests of providers give.
enum ProviderDesk {
    static let secret = "hunter2-of-the-provider"

    static func variables(_ ids: String...) -> [String: String] {
        var variables: [String: String] = [:]
        for id in ids.map({ $0.uppercased() }) {
            variables["MARTLET_PROVIDERS_\(id)_CLIENT_ID"] = "abc"
            variables["MARTLET_PROVIDERS_\(id)_CLIENT_SECRET"] = secret
        }
        return variables
    }

    /// One provider of these lines, which is complete but for them.
    static func yaml(_ id: String, _ lines: String...) -> String {
        (["providers:", "  \(id):", "    client_id: abc", "    client_secret: \(secret)"] + lines.map { "    \($0)" })
            .joined(separator: "\n")
    }
}

import Testing

@testable import martlet

@Suite("B046: settings of captchas")
struct CaptchaSettingsTests {
    private static let keys = [
        "MARTLET_CAPTCHA_SITE_KEY": "10000000-ffff-ffff-ffff-000000000001",
        "MARTLET_CAPTCHA_SECRET_KEY": "0x0000000000000000000000000000000000000000",
    ]

    @Test("Out of the box it is our own puzzle, and sign-in asks after three failures")
    func defaults() throws {
        let captcha = try SettingsDesk.read().captcha
        #expect(captcha.provider == .altcha && captcha.signInAfter == 3 && captcha.difficulty == 100_000)
        #expect(captcha.signUp && captcha.recovery && captcha.magicLink)
        let rules = captcha.rules
        #expect(rules.signUp && rules.recovery && rules.magicLink && rules.signInAfter == 3)
    }

    @Test(
        "B046: a provider without one of its keys is refused at the start, and told which",
        arguments: ["recaptcha", "hcaptcha", "turnstile"])
    func halves(provider: String) throws {
        var environment = ["MARTLET_CAPTCHA_PROVIDER": provider]
        #expect(
            try SettingsDesk.faults(environment) == [
                "MARTLET_CAPTCHA_PROVIDER: captcha.provider is \(provider), which needs captcha.site_key; give it as the provider shows it",
                "MARTLET_CAPTCHA_PROVIDER: captcha.provider is \(provider), which needs captcha.secret_key; give it by MARTLET_CAPTCHA_SECRET_KEY, MARTLET_CAPTCHA_SECRET_KEY_FILE or captcha.secret_key_file",
            ])
        for (name, value) in Self.keys {
            let faults = try SettingsDesk.faults(environment.merging([name: value]) { $1 })
            #expect(faults.count == 1 && !faults[0].contains(value))
        }
        environment.merge(Self.keys) { $1 }
        let settings = try SettingsDesk.read(environment)
        #expect(settings.captcha.provider.hosted?.rawValue == provider)
        #expect(settings.captcha.secretKey?.text == Self.keys["MARTLET_CAPTCHA_SECRET_KEY"])
    }

    @Test("Keys that nothing uses are a slip, but for a captcha that is switched off for a while")
    func unused() throws {
        for (name, value) in Self.keys {
            let faults = try SettingsDesk.faults([name: value])
            #expect(faults.count == 1 && faults[0].contains("altcha, which has no keys"))
            #expect(try SettingsDesk.faults([name: value, "MARTLET_CAPTCHA_PROVIDER": "off"]).isEmpty)
        }
    }

    @Test("CR5: the secret key comes from a file, never from martlet.yaml, and shows nowhere")
    func secret() throws {
        let faults = try SettingsDesk.faults(yaml: "captcha: {secret_key: hunter2hunter2}")
        #expect(faults.count == 1 && faults[0].contains("is a secret and must not stand here"))
        #expect(!faults[0].contains("hunter2"))
        let scratch = try Scratch()
        let file = try scratch.write("hunter2hunter2\n", to: "secret")
        let yaml = "captcha: {provider: turnstile, site_key: 0x4AAAAAAAAAAAAAAAAAAAAA, secret_key_file: \(file)}"
        let settings = try SettingsDesk.read(yaml: yaml)
        #expect(settings.captcha.secretKey?.text == "hunter2hunter2")
        var text = "\(settings)"
        dump(settings.captcha, to: &text)
        #expect(!text.contains("hunter2"))
    }

    @Test("“off” is a word here, not the falsehood of old YAML")
    func off() throws {
        #expect(try SettingsDesk.read(yaml: "captcha: {provider: off, sign_up: false}").captcha.provider == .off)
    }

    @Test(
        "What is out of shape is refused",
        arguments: [
            ("PROVIDER", "friendly"), ("PROVIDER", "ALTCHA"), ("SITE_KEY", "short"), ("SITE_KEY", "key with spaces"),
            ("SITE_KEY", "key\"onload=alert(1)"), ("SECRET_KEY", "s"), ("DIFFICULTY", "999"),
            ("DIFFICULTY", "10000001"),
            ("SIGN_UP", "yes"), ("SIGN_UP", "1"), ("RECOVERY", "False"), ("MAGIC_LINK", ""), ("SIGN_IN_AFTER", "-1"),
            ("SIGN_IN_AFTER", "three"), ("STAND_IN", "https://127.0.0.1:9000"), ("STAND_IN", "http://example.com:80"),
            ("STAND_IN", "http://127.0.0.1:9000/x"), ("STAND_IN", "http://127.0.0.1"),
            ("STAND_IN", "http://127.0.0.1:80@example.com"),
        ])
    func values(name: String, text: String) throws {
        #expect(try SettingsDesk.faults(["MARTLET_CAPTCHA_" + name: text]).count == 1)
    }

    @Test("A stand-in is for an issuer on this machine alone (IN11)")
    func standIn() throws {
        let standIn = ["MARTLET_CAPTCHA_STAND_IN": "http://127.0.0.1:9000"]
        #expect(try SettingsDesk.faults(standIn).isEmpty)
        let faults = try SettingsDesk.faults(standIn.merging(["MARTLET_ISSUER": "https://id.example.com"]) { $1 })
        #expect(faults.count == 1 && faults[0].contains("captcha.stand_in is for tests"))
    }
}

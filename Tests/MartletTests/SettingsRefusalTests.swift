import Testing

@testable import martlet

@Suite("A start with a wrong setting is refused (CF7)")
struct SettingsRefusalTests {
    @Test(
        "CF7: an issuer that clients could not rely on is refused",
        arguments: [
            "http://id.example.com", "http://10.0.0.1:8080", "https://id.example.com/", "https://id.example.com/auth",
            "https://id.example.com?x=1", "https://id.example.com#x", "https://a:b@id.example.com", "https://",
            "id.example.com", "ftp://id.example.com", "HTTPS://id.example.com", "https://ID.example.com",
            "https://id.example.com:443", "http://localhost:80", "https://id.example.com:99999",
            "https://id.example.com ",
            "https://id.exämple.com", "javascript:alert(1)", "http://localhost.example.com",
        ])
    func issuers(text: String) throws {
        #expect(try SettingsDesk.faults(["MARTLET_ISSUER": text]).count == 1, "\(text)")
    }

    @Test(
        "An issuer over https, or over http on this machine, is taken",
        arguments: [
            "https://id.example.com", "https://id.example.com:8443", "http://localhost:8080", "http://127.0.0.1:9000",
            "http://[::1]:8080", "http://localhost",
        ])
    func goodIssuers(text: String) throws {
        #expect(try SettingsDesk.read(["MARTLET_ISSUER": text]).issuer.text == text)
    }

    @Test("A refused issuer is told how to write it right")
    func advice() throws {
        #expect(
            try SettingsDesk.faults(["MARTLET_ISSUER": "https://ID.example.com"])[0].contains(
                "write it as https://id.example.com"))
        #expect(try SettingsDesk.faults(["MARTLET_ISSUER": "http://id.example.com"])[0].contains("give https"))
    }

    @Test(
        "A value out of its range or shape is refused, and the default never taken instead",
        arguments: [
            ("LISTEN_PORT", "0"), ("LISTEN_PORT", "65536"), ("LISTEN_PORT", "80 "), ("LISTEN_PORT", "eighty"),
            ("LISTEN_HOST", "id.example.com"), ("LISTEN_HOST", "127.0.0.256"), ("MANAGEMENT_PORT", "-1"),
            ("LIFETIMES_ACCESS_TOKEN", "901"), ("LIFETIMES_ACCESS_TOKEN", "16m"), ("LIFETIMES_ACCESS_TOKEN", "-5m"),
            ("LIFETIMES_ACCESS_TOKEN", "99999999999999999999d"), ("LIFETIMES_ACCESS_TOKEN", "9223372036854775807d"),
            ("LIFETIMES_ACCESS_TOKEN", "m"), ("LIFETIMES_ACCESS_TOKEN", "10 m"), ("LIFETIMES_ACCESS_TOKEN", "1.5m"),
            ("LIFETIMES_AUTHORIZATION_CODE", "61"), ("LIFETIMES_PENDING_AUTHORIZATION", "2h"),
            ("LIFETIMES_SESSION_ABSOLUTE", "31d"), ("LIFETIMES_SESSION_IDLE", "31d"),
            ("PASSWORDS_MINIMUM_LENGTH", "7"), ("PASSWORDS_MINIMUM_LENGTH", "65"), ("PASSWORDS_HASH_THREADS", "0"),
            ("LIMITS_HEADER_BYTES", "32769"), ("LIMITS_HEADER_FIELDS", "101"), ("LIMITS_BODY_BYTES", "65537"),
            ("LIMITS_HEADER_TIME", "11s"), ("LIMITS_BODY_TIME", "21s"), ("LIMITS_IDLE_TIME", "61s"),
            ("LIMITS_REPLY_TIME", "21s"), ("LIMITS_REPLY_TIME", "0"),
            ("SIGNING_ALGORITHMS", "RS256,HS256"), ("SIGNING_ALGORITHMS", "none"),
            ("SIGNING_ALGORITHMS", "RS256,RS256"),
            ("SIGNING_ALGORITHMS", ","), ("SIGNING_ACCESS_TOKEN_ALGORITHM", "none"), ("SIGN_IN_METHODS", "telepathy"),
            ("SIGN_UP_MODE", "everybody"), ("SIGN_UP_MODE", ""), ("SIGN_UP_USERNAME", "yes"),
            ("SIGN_UP_DOMAINS", "evil"), ("SIGN_UP_DOMAINS", "a@b.example"), ("SIGN_UP_DOMAINS", "*.example.org"),
            ("SIGN_UP_DOMAINS", "ex ample.org"), ("SIGN_UP_DOMAINS", "192.0.2.1"), ("SIGN_UP_DOMAINS", "exämple.org"),
            ("PAGE_HELP_URL", "javascript:alert(1)"), ("PAGE_HELP_URL", "http://help.example.com"),
            ("PAGE_PRIVACY_URL", "https://"), ("PAGE_PRIVACY_URL", "https://a.example/\"onload=x"),
            ("PAGE_NAME", "two\nlines"), ("PAGE_NAME", "\u{202E}eman"),
            ("TRUSTED_PROXIES", "0.0.0.0/0"), ("TRUSTED_PROXIES", "10.0.0.0/33"), ("TRUSTED_PROXIES", "10.0.0.1/8"),
            ("TRUSTED_PROXIES", "*"), ("TRUSTED_PROXIES", "::/0"), ("TRUSTED_PROXIES", "10.0.0.0/"),
            ("SCOPES", "openid=All"), ("SCOPES", "a b=Two"), ("SCOPES", "projects"), ("SCOPES", "a=One;a=Two"),
            ("SCOPES", "projects="), ("LOG_FORMAT", "xml"), ("DATABASE", "postgres://localhost/martlet"),
            ("DATABASE_URL", "postgres://a:hunter2@db"), ("DATABASE_CONNECTIONS", "1"), ("DATABASE_URL", "mysql://db"),
            ("DATABASE_URL", "sqlite:"),
        ])
    func values(name: String, text: String) throws {
        #expect(try SettingsDesk.faults(["MARTLET_" + name: text]).count == 1)
    }

    @Test("A variable that is set to nothing is refused rather than taken for the default")
    func emptyVariable() throws {
        let faults = try SettingsDesk.faults(["MARTLET_MASTER_KEY": ""])
        #expect(faults == ["MARTLET_MASTER_KEY: is empty; give it a value, or take the variable away"])
    }

    @Test(
        "What is no YAML is refused with its place, and the variables are still looked at",
        arguments: [
            "issuer: [", "issuer: a\nissuer: b", "\tissuer: a", "a: &x b\nissuer: *y", "issuer: a\n---\nissuer: b",
        ])
    func brokenYAML(yaml: String) throws {
        let faults = try SettingsDesk.faults(["MARTLET_LISTEN_PORT": "0"], yaml: yaml)
        #expect(faults.count == 2)
        #expect(faults[0].hasPrefix("martlet.yaml:"))
    }

    @Test(
        "A value of the wrong shape is refused",
        arguments: [
            "- issuer", "just text", "issuer:", "issuer: ''", "issuer: {a: b}", "issuer: [https://a.example]",
            "listen: 80",
            "trusted_proxies: [[10.0.0.1]]", "scopes: [a]", "scopes: {a: {b: c}}", "? [a]\n: b",
            "lifetimes: {}\nlifetimes.x: 1",
            "log.level: info\nlog: {level: debug}",
        ])
    func shapes(yaml: String) throws {
        let faults = try SettingsDesk.faults(yaml: yaml)
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.allSatisfy { $0.hasPrefix("martlet.yaml:") })
    }

    @Test("No file, however mangled, can stop the reader other than by a fault (IN10)")
    func mangled() throws {
        let seed = "issuer: https://id.example.com\nscopes: {a: 'b'}\ntrusted_proxies: [::1]\nlog.level: &x info\n"
        for index in seed.utf8.indices {
            for byte in ["", "\0", "{", "*", "\u{FEFF}", "\t", "'", "!!", "?"] {
                let cut = seed.utf8.index(after: index)
                _ = try SettingsDesk.faults(yaml: String(seed[..<index]) + byte + String(seed[cut...]))
            }
        }
        _ = try SettingsDesk.faults(yaml: String(repeating: "[", count: 20_000))
        _ = try SettingsDesk.faults(yaml: String(repeating: "a: {", count: 20_000))
    }

    @Test(
        "Settings that contradict each other are refused",
        arguments: [
            ["MARTLET_LIFETIMES_REFRESH_IDLE": "30d", "MARTLET_LIFETIMES_REFRESH_ABSOLUTE": "10d"],
            ["MARTLET_LIFETIMES_SESSION_ABSOLUTE": "1d"],
            ["MARTLET_SIGNING_ALGORITHMS": "ES256,EdDSA"],
            ["MARTLET_SIGNING_ALGORITHMS": "RS256"],
            ["MARTLET_SIGNING_ALGORITHMS": "RS256,ES256", "MARTLET_SIGNING_ACCESS_TOKEN_ALGORITHM": "EdDSA"],
            ["MARTLET_SIGNING_LEAD": "30d", "MARTLET_SIGNING_ROTATION": "30d"],
            ["MARTLET_SIGNING_JWKS_CACHE": "1d"],
            ["MARTLET_MANAGEMENT_PORT": "8080"],
            ["MARTLET_DATABASE": "a.db", "MARTLET_DATABASE_URL": "sqlite:b.db"],
        ])
    func contradictions(environment: [String: String]) throws {
        let faults = try SettingsDesk.faults(environment)
        #expect(faults.count == 1)
        #expect(environment.keys.contains { faults[0].hasPrefix($0 + ": ") })
    }

    @Test("Domains that may sign up are read in lower case, and stand together with their mode")
    func signUp() throws {
        let read = try SettingsDesk.read([
            "MARTLET_SIGN_UP_MODE": "domains", "MARTLET_SIGN_UP_DOMAINS": "Example.ORG, @sub.example.net",
        ])
        #expect(read.signUp.policy.domains == ["example.org", "sub.example.net"])
        #expect(try SettingsDesk.faults(["MARTLET_SIGN_UP_MODE": "domains"])[0].contains("names none"))
        let alone = try SettingsDesk.faults(["MARTLET_SIGN_UP_DOMAINS": "example.org"])
        #expect(alone[0].contains("give the mode domains"))
        #expect(try SettingsDesk.read([:]).signUp.policy.mode == .off)
    }
}

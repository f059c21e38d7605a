import Cryptography
import OAuth
import Testing

@testable import martlet

@Suite("Settings are read from file and environment, or refused with every fault (CF7)")
struct SettingsReadingTests {
    @Test("Without file and variables the defaults hold, which are safe")
    func defaults() throws {
        let settings = try SettingsDesk.read()
        #expect(settings.issuer.text == "http://localhost:8080")
        #expect(settings.publicPlace == .init(host: "127.0.0.1", port: 8080))
        #expect(settings.management == .init(host: "127.0.0.1", port: 8082))
        #expect(settings.trustedProxies.isEmpty)
        #expect(settings.tokens == TokenLifetimes())
        #expect(settings.passwords.minimumLength == 15)
        #expect(settings.signing.accessTokenAlgorithm == .es256)
        #expect(settings.masterKey == nil)
    }

    @Test("The file is read, and the environment wins over it")
    func environmentWins() throws {
        let yaml = """
            issuer: https://id.example.com
            page: {name: "Gate"}
            lifetimes:
              access_token: 5m
              session_idle: 43200
            trusted_proxies:
              - 10.0.0.0/8
              - ::1
            scopes:
              projects: See your projects
            signing.lead: 2d
            """
        let settings = try SettingsDesk.read(yaml: yaml, ["MARTLET_LIFETIMES_ACCESS_TOKEN": "120", "OTHER_ISUER": "x"])
        #expect(settings.issuer.text == "https://id.example.com")
        #expect(settings.serviceName == "Gate")
        #expect(settings.tokens.accessToken == 120)
        #expect(settings.sessions.idle == 43_200)
        #expect(settings.trustedProxies.map(\.description) == ["10.0.0.0/8", "::1"])
        #expect(settings.scopes == [ScopeSentence(name: "projects", sentence: "See your projects")])
        #expect(settings.keySchedule.lead == 2 * 86_400)
    }

    @Test("Lists and pairs can be written in a variable")
    func listsInVariables() throws {
        let settings = try SettingsDesk.read([
            "MARTLET_TRUSTED_PROXIES": "127.0.0.1, 192.168.0.0/16",
            "MARTLET_SCOPES": "projects=See your projects; bills = Read your bills = all of them;",
            "MARTLET_SIGNING_ALGORITHMS": "RS256,ES256",
        ])
        #expect(settings.trustedProxies.count == 2)
        #expect(settings.scopes.map(\.sentence) == ["See your projects", "Read your bills = all of them"])
        #expect(settings.signing.algorithms == [.rs256, .es256])
    }

    @Test("A file that was named must be there; the usual one need not")
    func namedFile() throws {
        let faults = try SettingsDesk.faults(["MARTLET_CONFIG": "/nonexistent/m.yaml"])
        #expect(
            faults == [
                "MARTLET_CONFIG: the file “/nonexistent/m.yaml” cannot be read; name one that exists and is readable"
            ])
        let scratch = try Scratch()
        let path = try scratch.write("issuer: https://a.example", to: "other.yaml")
        #expect(try SettingsDesk.read(["MARTLET_CONFIG": path]).issuer.host == "a.example")
    }

    @Test("An empty file changes nothing", arguments: ["", "# nothing\n", "---\n", "~"])
    func emptyFile(yaml: String) throws {
        #expect(try SettingsDesk.faults(yaml: yaml).isEmpty)
    }

    @Test("Every fault is told at once, the file's from top to bottom with line and column, then the variables'")
    func allAtOnce() throws {
        let yaml = """
            isuer: https://id.example.com
            lifetimes:
              access_token: 20m
              refresh_ilde: 1d
            passwords:
              minimum_length: 7
            """
        let faults = try SettingsDesk.faults(["MARTLET_LOG_LEVEL": "loud", "MARTLET_ISSUR": "x"], yaml: yaml)
        #expect(
            faults == [
                "martlet.yaml:1:1: there is no setting “isuer”; did you mean issuer?",
                "martlet.yaml:3:17: lifetimes.access_token is “20m”; expected a time from 1m to 15m, such as 90s, 10m, 12h or 30d",
                "martlet.yaml:4:3: there is no setting “lifetimes.refresh_ilde”; did you mean lifetimes.refresh_idle?",
                "martlet.yaml:6:19: passwords.minimum_length is “7”; expected a whole number from 8 to 64",
                "MARTLET_ISSUR: there is no setting “MARTLET_ISSUR”; did you mean MARTLET_ISSUER?",
                "MARTLET_LOG_LEVEL: log.level is “loud”; expected one of trace, debug, info, notice, warning, error, critical",
            ])
    }

    @Test("Each element of a list that is wrong is told where it stands")
    func elements() throws {
        let faults = try SettingsDesk.faults(yaml: "trusted_proxies: [10.0.0.0/8, 10.0.0.1/8, nonsense]")
        #expect(faults.map { $0.prefix(17) } == ["martlet.yaml:1:31", "martlet.yaml:1:43"])
    }

    @Test("Kubernetes may say where a service called martlet is")
    func serviceLinks() throws {
        let links = [
            "MARTLET_SERVICE_HOST": "10.0.0.1", "MARTLET_SERVICE_PORT": "80", "MARTLET_SERVICE_PORT_HTTP": "80",
            "MARTLET_PORT": "tcp://10.0.0.1:80", "MARTLET_PORT_80_TCP": "tcp://10.0.0.1:80",
            "MARTLET_PORT_80_TCP_PROTO": "tcp", "MARTLET_PORT_80_TCP_ADDR": "10.0.0.1",
        ]
        #expect(try SettingsDesk.faults(links).isEmpty)
        #expect(try SettingsDesk.faults(["MARTLET_PORT": "80"]).count == 1)
    }
}

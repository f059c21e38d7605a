import OAuth
import Testing

@testable import martlet

@Suite("Secrets among the settings stay secret (CR5, CF3)")
struct SettingsSecretTests {
    static let key = "kG7Zl3e3m0mV0d2q5p1xw8uJr4sYtNcAbEfHiKoLvQM"
    static let otherKey = "Q2h4o8mX1vZc7Jp0aLr5sTnYw9uBdEfGiKkMqRtVxyU"

    @Test(
        "CR5: a secret is read from the file that NAME_FILE names, without its line end", arguments: ["", "\n", "\r\n"])
    func fromFile(ending: String) throws {
        let scratch = try Scratch()
        let path = try scratch.write(Self.key + ending, to: "key")
        let settings = try SettingsDesk.read(["MARTLET_MASTER_KEY_FILE": path])
        #expect(settings.masterKey?.key.fingerprint == (try MasterKey.parse(Self.key)).fingerprint)
        #expect(settings.masterKey?.origin == .secretFile(path: path, namedBy: "MARTLET_MASTER_KEY_FILE"))
        let inYAML = try SettingsDesk.read(yaml: "master_key_file: \(path)")
        #expect(inYAML.masterKey?.key.fingerprint == settings.masterKey?.key.fingerprint)
    }

    @Test("CR5: a secret in martlet.yaml itself is refused, and not repeated")
    func notInYAML() throws {
        let faults = try SettingsDesk.faults(yaml: "master_key: \(Self.key)")
        #expect(faults.count == 1)
        #expect(faults[0].hasPrefix("martlet.yaml:1:1: master_key is a secret and must not stand here"))
        #expect(!faults[0].contains(Self.key))
    }

    @Test("CF7: the misspelt name of a secret is led to the right one, with or without its file, and nothing repeated")
    func misspelt() throws {
        let faults = try SettingsDesk.faults(
            yaml: "databse_url: postgres://me:hunter2@localhost/x\nmaster_key_fil: hunter2")
        #expect(
            faults == [
                "martlet.yaml:1:1: there is no setting “databse_url”; did you mean database_url?",
                "martlet.yaml:2:1: there is no setting “master_key_fil”; did you mean master_key_file?",
            ])
    }

    @Test("CR5: a secret given twice is refused")
    func twice() throws {
        let environment = ["MARTLET_MASTER_KEY": Self.key, "MARTLET_MASTER_KEY_FILE": "/nonexistent"]
        #expect(
            try SettingsDesk.faults(environment) == [
                "MARTLET_MASTER_KEY_FILE: stands beside MARTLET_MASTER_KEY; give one of them"
            ])
    }

    @Test("A file of a secret that is missing, empty, no file or no text is refused")
    func badFiles() throws {
        let scratch = try Scratch()
        let empty = try scratch.write("\n", to: "empty")
        let large = try scratch.write(String(repeating: "a", count: 70_000), to: "large")
        for path in ["/nonexistent/key", empty, large, scratch.path, "/dev/zero"] {
            let faults = try SettingsDesk.faults(["MARTLET_MASTER_KEY_FILE": path])
            #expect(faults.count == 1 && faults[0].hasPrefix("MARTLET_MASTER_KEY_FILE: the file “"), "\(faults)")
        }
    }

    @Test(
        "CF3: a secret that is refused is not shown",
        arguments: [
            ["MARTLET_MASTER_KEY": "hunter2hunter2"],
            ["MARTLET_DATABASE_URL": "postgres://martlet:hunter2@db.example.com/martlet?sslmode=require"],
            ["MARTLET_DATABASE_URL": "postgres://martlet:hunter2@db.example.com"],
            ["MARTLET_DATABASE_URL": "postgres://martlet:hunter2@db.example.com/martlet?hunter2=1"],
            ["MARTLET_DATABASE_URL": "postgres://martlet:hunter2%zz@db.example.com/martlet"],
            ["MARTLET_DATABASE_URL": "postgres://martlet:hunter2@[::1/martlet"],
            ["MARTLET_DATABASE_URL": "postgres://martlet:/hunter2?@db/martlet?x=hunter2"],
            ["MARTLET_DATABASE": "postgres://martlet:hunter2@db.example.com/martlet"],
            ["MARTLET_PAGE_HELP_URL": "https://me:hunter2@example.com/help"],
            ["MARTLET_ISSUER": "https://me:hunter2@example.com"],
        ])
    func notShown(environment: [String: String]) throws {
        let faults = try SettingsDesk.faults(environment)
        #expect(faults.count == 1)
        #expect(!faults[0].contains("hunter2"))
    }

    @Test("CF3: of an address of PostgreSQL only database and host are shown")
    func postgres() throws {
        let settings = try SettingsDesk.read([
            "MARTLET_DATABASE_URL": "postgres://martlet:hunter2@db.example.com:6432/people"
        ])
        #expect(settings.databaseLocation.description == "PostgreSQL people on db.example.com:6432")
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings)".contains("hunter2") && !dumped.contains("hunter2"))
        #expect(!String(reflecting: settings.databaseLocation).contains("hunter2"))
    }

    @Test("The key does not show when settings are printed")
    func printed() throws {
        let settings = try SettingsDesk.read(["MARTLET_MASTER_KEY": Self.key])
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings)".contains(Self.key) && !dumped.contains(Self.key))
    }

    @Test("A value is repeated on one line and shortened, whatever it holds")
    func repeated() throws {
        let value = "a\u{1B}[31m\r\nfake: line\u{202E}" + String(repeating: "x", count: 500)
        let faults = try SettingsDesk.faults(["MARTLET_LOG_LEVEL": value])
        #expect(faults[0].unicodeScalars.allSatisfy { !PlainText.isTreacherous($0) })
        #expect(faults[0].count < 250)
    }
}

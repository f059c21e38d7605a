import Foundation
import Testing

@testable import martlet

@Suite("The table of settings is what is read, documented and used (CF8)")
struct SettingsCatalogueTests {
    private static let derived = [
        "the issuer's on localhost or with TLS, else 8080", "the file master.key in folders.keys", "the issuer's host",
        "one for each core", "text on a terminal, else json", "none",
        "smtp with mail.smtp.host, else file on localhost and no mail elsewhere",
        "noreply@ the issuer's host, by page.name", "587; 465 with implicit, 25 with none", "the system's",
        "password, magic_link and all providers",
    ]

    @Test(
        "Defaults documented are defaults used: written into a variable, each changes nothing",
        arguments: SettingsCatalogue.all.map(\.name))
    func defaults(name: String) throws {
        let setting = try #require(SettingsCatalogue.all.first { $0.name == name })
        guard !Self.derived.contains(setting.defaultText) else { return }
        let written = try SettingsDesk.read([setting.environmentName: setting.defaultText])
        #expect("\(written)" == "\(try SettingsDesk.read())")
    }

    @Test("Names are unique, snake_case, and none is taken for a file of a secret or for the file of settings")
    func names() {
        let names = SettingsCatalogue.all.map(\.environmentName)
        #expect(Set(names).count == names.count)
        #expect(!names.contains { $0.hasSuffix("_FILE") || $0 == SettingsEnvironment.configVariable })
        for setting in SettingsCatalogue.all {
            #expect(setting.name.wholeMatch(of: /[a-z][a-z_]*(\.[a-z][a-z_]*)*/) != nil)
        }
    }

    @Test("CF8: who comes from Django is sent to settings that there are")
    func fromDjango() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let page = try String(
            contentsOf: root.appending(path: "Sources/martlet/martlet.docc/FromDjango.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let names = rows.flatMap { row -> [String] in
            let columns = row.split(separator: "|", omittingEmptySubsequences: false)
            guard columns.count > 2 else { return [] }
            return columns[2].matches(of: /`([^`]+)`/).map { String($0.1) }
        }
        #expect(names.count > 20)
        for name in names { #expect(SettingsCatalogue.documented.contains { $0.name == name }, "\(name)") }
    }

    @Test("No setting is a level of others, so that a line has one meaning")
    func levels() {
        for setting in SettingsCatalogue.all {
            #expect(!SettingsCatalogue.all.contains { $0.name.hasPrefix(setting.name + ".") })
        }
    }

    @Test("Help and README tell each setting with its default and one sentence")
    func help() {
        for setting in SettingsCatalogue.all {
            #expect(SettingsCatalogue.help.contains("\(setting.explanation)\n    Default: \(setting.defaultText)."))
            #expect(SettingsCatalogue.markdown.contains("| `\(setting.name)` | `\(setting.environmentName)`"))
            #expect(setting.explanation.hasSuffix(".") && setting.explanation.count <= 110)
        }
    }

    @Test(
        "The defaults keep what the requirements demand",
        arguments: [
            ("lifetimes.access_token", "10m"), ("lifetimes.authorization_code", "1m"),
            ("lifetimes.session_absolute", "30d"),
            ("passwords.minimum_length", "15"), ("signing.access_token_algorithm", "ES256"),
            ("signing.algorithms", "RS256, PS256, ES256, EdDSA"), ("limits.header_bytes", "32768"),
            ("limits.header_fields", "100"), ("limits.body_bytes", "65536"), ("limits.header_time", "10s"),
            ("limits.body_time", "20s"), ("limits.reply_time", "20s"), ("limits.idle_time", "1m"),
            ("listen.host", "127.0.0.1"),
            ("management.host", "127.0.0.1"),
        ])
    func demanded(name: String, text: String) {
        #expect(SettingsCatalogue.all.first { $0.name == name }?.defaultText == text)
    }

    @Test("CF8: the table in the README is the one that is read")
    func readme() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let table = SettingsCatalogue.markdown.trimmingCharacters(in: .newlines)
        let shown = "</summary>\n\n" + table + "\n\n</details>"
        #expect(text.contains(shown), "write it anew with: martlet check --settings-table")
        #expect(text.components(separatedBy: "| `issuer` |").count == 2, "once")
    }
}

import ArgumentParser
import Cryptography
import Identity
import OAuth
import Testing

@testable import martlet

@Suite("Commands end with 0, 1 or 2, and say why in one sentence")
struct CommandTests {
    private func ending(of arguments: String...) -> CommandEnding? {
        do {
            var command = try Martlet.parseAsRoot(arguments)
            try command.run()
            return nil
        } catch {
            return CommandEnding(error)
        }
    }

    @Test(
        "What is asked wrongly ends with 2",
        arguments: [
            ["nonsense"], ["serve", "--port", "80"], ["admin", "create"], ["admin", "create", "--email", "nobody"],
            ["admin", "create", "--email", "a@example.com", "--password", "hunter2"],
            ["user", "reset-factors"], ["user", "reset-factors", "a@example.com", "--reason", ""],
            ["user", "reset-factors", "a@example.com", "--quiet"],
            ["user", "reset-factors", "a@b.example", "c@b.example"],
            ["key", "rotate", "--algorithm", "HS256"],
            ["key", "rotate", "--algorithm", "none"], ["key", "rotate", "ES256"],
        ])
    func usage(arguments: [String]) throws {
        do {
            _ = try Martlet.parseAsRoot(arguments)
            Issue.record("was taken: \(arguments)")
        } catch {
            let ending = CommandEnding(error)
            #expect(ending.code == 2 && !ending.isAnswer && !ending.text.isEmpty)
        }
    }

    @Test(
        "An id that begins with - is taken for options, which is refused with the way out",
        arguments: [
            ["user", "show"], ["user", "disable"], ["user", "enable"], ["user", "delete"], ["user", "end-sessions"],
            ["user", "link"], ["user", "reset-factors"],
            ["user", "roles", "--add", "staff"], ["client", "show"], ["client", "remove"],
            ["client", "update", "--name", "x"],
        ])
    func dashes(command: [String]) throws {
        let id = "-Hue17oIGSonEeTgKI2pGQ"
        do {
            _ = try Martlet.parseAsRoot(command + [id])
            Issue.record("was taken: \(command)")
        } catch {
            let ending = CommandEnding(error)
            let words = ending.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(ending.code == 2 && words.contains("after --."), "\(words)")
        }
        _ = try Martlet.parseAsRoot(command + ["--", id])
    }

    @Test("What stands behind the name of an option is its value, whatever it begins with")
    func dashedValues() throws {
        let id = "-Hue17oIGSonEeTgKI2pGQ"
        let audit =
            try Martlet.parseAsRoot(["audit", "--subject", id, "--client", "--json", "--json"]) as? AuditCommand
        #expect(audit?.subject == id && audit?.client == "--json" && audit?.json == true)
        let show = try Martlet.parseAsRoot(["user", "show", "--json", "--", id]) as? ShowPersonCommand
        #expect(show?.choice.person == id && show?.json == true)
        #expect(throws: (any Error).self) { try Martlet.parseAsRoot(["audit", "--subject"]) }
        #expect(throws: (any Error).self) { try Martlet.parseAsRoot(["audit", id]) }
    }

    @Test("PW13: there is no argument that takes a password")
    func noPasswordArgument() {
        #expect(ending(of: "admin", "create", "--email", "a@example.com", "--password", "hunter2")?.code == 2)
        #expect(!CreateAdminCommand.helpMessage().contains("--password"))
    }

    @Test("Help ends with 0")
    func help() {
        #expect(ending(of: "serve", "--help")?.code == 0)
        #expect(ending(of: "--help")?.isAnswer == true)
    }

    @Test("The help of serve tells every setting and its default (CF8)")
    func serveHelp() {
        let help = ServeCommand.helpMessage(columns: 1000)
        for setting in SettingsCatalogue.all {
            #expect(help.contains(setting.name) && help.contains("Default: \(setting.defaultText)."))
        }
    }

    @Test("A refusal ends with its code, and every sentence stands on a line of its own")
    func refusals() {
        #expect(CommandEnding(CommandRefusal("one", "two")).text.split(separator: "\n").count == 2)
        #expect(CommandEnding(CommandRefusal("one")).code == 1)
        #expect(CommandEnding(CommandRefusal("one", exitCode: .usage)).code == 2)
        let faults = SettingsFaults(faults: [.init(place: "a", "b"), .init(place: "c", "d")])
        #expect(CommandEnding(faults).code == 1 && CommandEnding(faults).text.contains("c: d"))
        #expect(CommandEnding(MasterKey.Fault.weak).code == 1)
    }

    @Test(
        "Every problem of an account has its sentence, and none repeats what was typed",
        arguments: [
            AccountProblem(.email, .taken), AccountProblem(.email, .malformed), AccountProblem(.email, .missing),
            AccountProblem(.name, .tooLong), AccountProblem(.password, .missing),
            AccountProblem(.password, .password(.tooShort(minimum: 15))),
            AccountProblem(.password, .password(.tooLong)),
            AccountProblem(.password, .password(.common)), AccountProblem(.password, .password(.personal)),
        ])
    func problems(problem: AccountProblem) {
        let text = AccountSentence.text(problem)
        #expect(text.hasPrefix("the ") && text.contains(";") && !text.contains("\n"))
    }
}

@Suite("The table of signing keys")
struct KeyTableTests {
    private func key(_ generation: Int64, signsFrom: Int64, retiresAt: Int64? = nil) -> StoredSigningKey {
        StoredSigningKey(
            keyID: "k\(generation)", algorithm: .es256, generation: generation, sealedPrivateKey: [],
            createdAt: Instant(seconds: signsFrom - 10), signsFrom: Instant(seconds: signsFrom),
            retiresAt: retiresAt.map(Instant.init(seconds:)))
    }

    @Test("A key is next, signing or retired, by its times alone")
    func states() {
        let keys = [
            key(3, signsFrom: 3000), key(1, signsFrom: 1000, retiresAt: 2000), key(2, signsFrom: 2000, retiresAt: 3000),
        ]
        let table = KeyTable(keys, schedule: KeySchedule(), at: Instant(seconds: 2500))
        #expect(table.lines.map(\.keyID) == ["k1", "k2", "k3"])
        #expect(table.lines.map(\.state) == ["retired", "signing", "next"])
        #expect(table.lines.map(\.retires) == ["1970-01-01T00:33:20Z", "1970-01-01T00:50:00Z", "-"])
    }

    @Test("A key that was overtaken before its time never signs, and is retired")
    func overtaken() {
        let keys = [key(1, signsFrom: 1000), key(2, signsFrom: 9000), key(3, signsFrom: 2000)]
        let table = KeyTable(keys, schedule: KeySchedule(), at: Instant(seconds: 2500))
        #expect(table.lines.map(\.state) == ["retired", "retired", "signing"])
    }

    @Test("Columns stand below each other, and no line ends in blanks")
    func columns() {
        let table = KeyTable([key(1, signsFrom: 1000)], schedule: KeySchedule(), at: Instant(seconds: 2000))
        let lines = table.text(Terminal(isTerminal: false, environment: [:])).split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { !$0.hasSuffix(" ") })
        #expect(lines[0].hasPrefix("kid  algorithm  state    published"))
        #expect(lines[1].hasPrefix("k1   ES256      signing  1970-01-01T00:16:30Z"))
    }
}

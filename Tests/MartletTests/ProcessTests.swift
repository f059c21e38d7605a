import Foundation
import Testing

@Suite("The program itself, as an operator runs it")
struct ProcessTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private struct Run {
        let code: Int32
        let output: String
        let complaint: String
    }

    /// The program lies beside the tests.
    private func martlet(
        _ arguments: String..., input: String = "", environment: [String: String] = [:]
    ) throws -> Run {
        let folder = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
        let process = Process()
        process.executableURL = URL(fileURLWithPath: folder + "/martlet")
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stderr)
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = String(decoding: stdout.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: stderr.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Run(code: process.terminationStatus, output: output, complaint: complaint)
    }

    @Test("PW13: an administrator is made with the password on standard input, and the same address only once")
    func admin() throws {
        let first = try martlet("admin", "create", "--email", "a@example.com", input: "seven purple geese walz\nmore\n")
        #expect(first.code == 0 && first.output.contains("a@example.com is an administrator now"))
        #expect(first.complaint.contains(#""event":"administrator_created""#))
        let second = try martlet("admin", "create", "--email", "A@EXAMPLE.com", input: "seven purple geese walz")
        #expect(second.code == 1 && second.complaint.contains("belongs to an account already"))
        #expect(!(first.output + first.complaint + second.output + second.complaint).contains("geese"))
    }

    @Test("PW13: without terminal and password nothing is made", arguments: ["", "\n", "\r\n"])
    func noPassword(input: String) throws {
        let run = try martlet("admin", "create", "--email", "a@example.com", input: input)
        #expect(run.code == 2 && run.complaint.contains("first line of standard input"))
        #expect(scratch.names.isEmpty)
    }

    @Test(
        "A password against the rules is refused with what to do",
        arguments: ["tiny pw", "password1234567", "a@example.com a@example.com"])
    func weakPassword(password: String) throws {
        let run = try martlet("admin", "create", "--email", "a@example.com", input: password)
        #expect(run.code == 1 && run.complaint.hasPrefix("error: the password"))
        #expect(!run.complaint.contains(password))
    }

    @Test(
        "CF7: every command refuses wrong settings, all of them, and touches nothing",
        arguments: [
            ["check"], ["key", "list"], ["key", "rotate"], ["admin", "create", "--email", "a@example.com"],
        ])
    func wrongSettings(arguments: [String]) throws {
        try scratch.write("isuer: https://id.example.com\n", to: "martlet.yaml")
        let environment = ["MARTLET_ISSUER": "http://id.example.com"]
        let run =
            switch arguments.count {
            case 1: try martlet(arguments[0], environment: environment)
            case 2: try martlet(arguments[0], arguments[1], environment: environment)
            default: try martlet(arguments[0], arguments[1], arguments[2], arguments[3], environment: environment)
            }
        #expect(run.code == 1 && run.complaint.split(separator: "\n").count == 2)
        #expect(run.complaint.contains("martlet.yaml:1:1: there is no setting “isuer”; did you mean issuer?"))
        #expect(run.complaint.contains("MARTLET_ISSUER: issuer is “http://id.example.com”"))
        #expect(scratch.names == ["martlet.yaml"])
    }

    @Test("Keys are rotated, listed, and looking at them makes nothing")
    func keys() throws {
        #expect(try martlet("key", "list").output.hasPrefix("There are no signing keys yet"))
        #expect(scratch.names.isEmpty)
        #expect(try martlet("key", "rotate", "--algorithm", "ES256").code == 0)
        let again = try martlet("key", "rotate", "--algorithm", "ES256")
        #expect(again.output.contains("is published already"))
        #expect(try martlet("key", "rotate", "--algorithm", "ES256", "--now").code == 0)
        // The hurried one signs when every process has had time to hear of it.
        var states: [Substring] = []
        for _ in 0..<200 where states.last != "signing" {
            states = try martlet("key", "list").output.split(separator: "\n").filter { $0.contains(" ES256 ") }
                .map { $0.split(separator: " ")[2] }
        }
        #expect(states == ["retired", "retired", "signing"])
    }

    @Test("CR5: no command goes on without the key the database was made with, or with a copy everybody can read")
    func masterKey() throws {
        #expect(try martlet("key", "rotate", "--algorithm", "ES256").code == 0)
        let path = scratch.path + "/Keys/master.key"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(try martlet("key", "rotate").complaint.contains("chmod 600"))
        try FileManager.default.removeItem(atPath: path)
        let run = try martlet("key", "rotate")
        #expect(run.code == 1 && run.complaint.contains("Keys/master.key is missing"))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("CF3: no secret stands in what a refused start says")
    func noSecret() throws {
        let environment = ["MARTLET_MASTER_KEY": "hunter2", "MARTLET_DATABASE_URL": "postgres://a:hunter2@db/m"]
        let run = try martlet("key", "rotate", environment: environment)
        #expect(run.code == 1 && !(run.output + run.complaint).contains("hunter2"))
    }
}

import Testing

@testable import martlet

@Suite("martlet user reset-factors")
struct ResetFactorsCommandTests {
    private func parsed(_ arguments: [String]) throws -> ResetFactorsCommand? {
        try Martlet.parseAsRoot(["user", "reset-factors"] + arguments) as? ResetFactorsCommand
    }

    @Test("MF9: it takes a person and a reason, and asks unless it is told not to")
    func read() throws {
        let command = try #require(try parsed(["ann@example.org", "--reason", "lost telephone", "--yes"]))
        #expect(command.choice.person == "ann@example.org" && command.why.reason == "lost telephone")
        #expect(command.sure.yes)
        #expect(try parsed(["ann@example.org"])?.sure.yes == false)
    }

    @Test("Nobody is reset without being told: there is no quiet way", arguments: ["--quiet", "--no-mail", "--silent"])
    func quiet(flag: String) {
        #expect(throws: (any Error).self) { try parsed(["ann@example.org", "--reason", "x", flag]) }
    }

    @Test("A reason is one line", arguments: ["", " ", "a\nb", String(repeating: "x", count: 201)])
    func reason(text: String) {
        #expect(throws: (any Error).self) { try parsed(["ann@example.org", "--reason", text]) }
    }

    @Test("Its help says what it costs, and that the person hears of it")
    func help() {
        let help = ResetFactorsCommand.helpMessage(columns: 200)
        #expect(help.contains("Make sure who asks") && help.contains("signed out everywhere"))
        #expect(help.contains("by mail") && help.contains("--reason"))
    }
}

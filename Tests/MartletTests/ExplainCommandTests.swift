import Foundation
import JSON
import OAuth
import Testing

@testable import martlet

@Suite("martlet explain")
struct ExplainCommandTests {
    private let explanation = Explanation(
        reference: "3f9a2c01bd", at: Instant(seconds: 1_700_000_000), route: "GET /authorize", status: 400,
        examination: Examination(
            Finding(
                .redirectAddress, seen: "https://a.example/x", expected: "https://a.example/y", repair: "Change it."),
            in: [.form, .client, .redirectAddress, .session],
            established: Established([.client: "wiki"], clientID: "wiki")))

    @Test("A reference is known however it was read out")
    func reference() {
        for typed in ["3f9a2c01bd", "3F9A2C01BD", "3f9a-2c01-bd", " 3f9a2 c01bd "] {
            #expect(ExplainCommand.reference(typed) == "3f9a2c01bd")
        }
        for typed in ["", "3f9a2c01b", "3f9a2c01bg", "3f9a2c01bdd", "３f9a2c01bd", "%' OR 1=1"] {
            #expect(ExplainCommand.reference(typed) == nil)
        }
    }

    @Test("Checks stand in order with what was seen, expected and helps")
    func text() {
        let text = ExplanationText(explanation).text(json: false, Terminal(isTerminal: false, environment: [:]))
        #expect(
            text == """
                Reference 3f9a2c01bd
                  when      2023-11-14T22:13:20Z
                  request   GET /authorize, answered 400
                  app       wiki

                  ok      form
                  ok      client             wiki
                  FAILED  redirect address
                            seen      https://a.example/x
                            expected  https://a.example/y
                            repair    Change it.
                  -       session            not reached
                """)
    }

    @Test("Colour is for terminals alone, and NO_COLOR is heeded")
    func colour() {
        let cases: [(Bool, [String: String], Bool)] = [
            (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["TERM": "dumb"], false),
        ]
        for (isTerminal, environment, isColoured) in cases {
            let terminal = Terminal(isTerminal: isTerminal, environment: environment)
            for text in [
                ExplanationText(explanation).text(json: false, terminal),
                ExplanationList([explanation]).text(json: false, terminal),
            ] {
                #expect(text.contains("\u{1B}[") == isColoured)
            }
            #expect(!ExplanationText(explanation).text(json: true, terminal).contains("\u{1B}["))
        }
    }

    @Test("JSON says the same, for programs (CF1)")
    func json() throws {
        let text = ExplanationText(explanation).text(json: true, Terminal(isTerminal: false, environment: [:]))
        let object = try #require(try JSONValue(parsing: text).objectValue)
        #expect(object["reference"] == "3f9a2c01bd" && object["client_id"] == "wiki" && object["status"] == 400)
        let checks = try #require(object["checks"]?.arrayValue)
        #expect(
            checks.compactMap { $0.objectValue?["outcome"]?.stringValue } == [
                "passed", "passed", "failed", "not_reached",
            ])
        #expect(checks[2].objectValue?["repair"] == "Change it.")
    }

    @Test("The list names time, reference, app, check and what was seen, one refusal a line")
    func list() {
        let plain = Terminal(isTerminal: false, environment: [:])
        let lines = ExplanationList([explanation]).text(json: false, plain).split(separator: "\n")
        #expect(lines.count == 2 && lines[1].contains("3f9a2c01bd  wiki  redirect address  https://a.example/x"))
        #expect(ExplanationList([]).text(json: false, plain).contains("nothing was refused"))
    }
}

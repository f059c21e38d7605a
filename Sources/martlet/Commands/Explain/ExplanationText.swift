import JSON
import OAuth

/// One explanation, for a person at a terminal or for a program. Every value in it has been made harmless when it
/// was kept; here it is only laid out.
struct ExplanationText {
    let explanation: Explanation

    init(_ explanation: Explanation) {
        self.explanation = explanation
    }

    func text(json: Bool, _ terminal: Terminal, width: Int = 100) -> String {
        json ? JSONValue.object(object).text : lines(terminal, width: width).joined(separator: "\n")
    }

    var object: JSONObject {
        var object: JSONObject = [
            "reference": .string(explanation.reference), "time": .string(explanation.at.description),
            "route": .string(explanation.route), "status": .integer(Int64(explanation.status)),
        ]
        object["client_id"] = explanation.examination.clientID.map(JSONValue.string)
        object["subject"] = explanation.examination.subject.map(JSONValue.string)
        object["checks"] = explanation.examination.checksJSON
        return object
    }

    private func lines(_ terminal: Terminal, width: Int) -> [String] {
        let examination = explanation.examination
        var head = [
            ("when", explanation.at.description),
            (
                "request",
                """
                \(explanation.route), answered \(explanation.status)
                """
            ),
        ]
        if let client = examination.clientID { head.append(("app", client)) }
        if let subject = examination.subject { head.append(("person", subject)) }
        let column = (examination.checks.map(\.name.words.count).max() ?? 0) + 2
        return [terminal.bold("Reference \(explanation.reference)")]
            + head.map { "  \($0.0.padding(to: 9)) \($0.1)" } + [""]
            + examination.checks.flatMap { Self.lines($0, column: column, terminal, width: width) }
    }

    private static func lines(
        _ check: Examination.Check, column: Int, _ terminal: Terminal, width: Int
    ) -> [String] {
        let name = check.name.words.padding(to: column)
        switch check.outcome {
        case .passed(let seen):
            let line = "  \(terminal.green("ok"))      \(name) \(seen?.text ?? "")"
            return [line.trimmingEnd()]
        case .notReached:
            return [terminal.faint("  -       \(name) not reached")]
        case .failed(let finding):
            let facts = [("seen", finding.seen), ("expected", finding.expected), ("repair", finding.repair)]
            return ["  \(terminal.red("FAILED"))  \(terminal.bold(check.name.words))"]
                + facts.flatMap { fact in
                    Wrapping.lines(fact.1.text, width: width - 20).enumerated().map { index, line in
                        "            \((index == 0 ? fact.0 : "").padding(to: 9)) \(line)"
                    }
                }
        }
    }
}

/// The latest refusals, one a line.
struct ExplanationList {
    let explanations: [Explanation]

    init(_ explanations: [Explanation]) {
        self.explanations = explanations
    }

    func text(json: Bool, _ terminal: Terminal) -> String {
        guard !json else {
            return JSONValue.array(explanations.map { .object(ExplanationText($0).object) }).text
        }
        guard !explanations.isEmpty else {
            return "No reasons are kept: nothing was refused for so long, or a restore has ended those of before."
        }
        let head = ["when", "reference", "app", "failed check", "seen"]
        let rows = explanations.map { explanation in
            let failed = explanation.examination.failed
            return [
                explanation.at.description, explanation.reference, explanation.examination.clientID ?? "-",
                failed?.check.words ?? "-", Wrapping.cut(failed?.seen.text ?? "-", at: 60),
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let written = ([head] + rows).map { row in
            zip(row, widths).map { $0.padding(to: $1) }.joined(separator: "  ").trimmingEnd()
        }
        return ([terminal.bold(written[0])] + written.dropFirst()).joined(separator: "\n")
    }
}

/// Text in lines of a width, broken at spaces.
enum Wrapping {
    static func lines(_ text: String, width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    static func cut(_ text: String, at length: Int) -> String {
        text.count <= length ? text : text.prefix(length - 1) + "…"
    }
}

import Foundation
import Identity
import JSON
import OAuth

/// Says what an import does: lines of text for people, or one JSON object a line for programs.
struct ImportVoice {
    let json: Bool
    let verbose: Bool
    let path: String
    let terminal: Terminal
    private var answer = RunningAnswer()

    init(json: Bool, verbose: Bool, path: String, terminal: Terminal) {
        self.json = json
        self.verbose = verbose
        self.path = path
        self.terminal = terminal
    }

    /// People who came without remark are named only where asked for.
    mutating func tell(_ entry: ImportReport.Entry) {
        if json { return answer.tell(Self.object(entry).text) }
        guard verbose || entry.fate != .created || !entry.remarks.isEmpty else { return }
        let who = entry.email.map { " \(PlainText.escaped($0))" } ?? ""
        let what = entry.remarks.isEmpty ? "" : ": " + entry.remarks.joined(separator: "; ")
        let word = entry.fate == .refused ? terminal.red("refused") : entry.fate.rawValue
        answer.tell("\(path):\(entry.line): \(word)\(who)\(what)")
    }

    mutating func tell(_ report: ImportReport) {
        answer.tell(json ? Self.object(report).text : Self.text(report))
    }

    /// Throws when something could not be told.
    func finish() throws(CommandRefusal) { try answer.finish() }

    private static func object(_ entry: ImportReport.Entry) -> JSONValue {
        var object: JSONObject = [
            "line": .integer(Int64(entry.line)), "record": .integer(Int64(entry.number)),
            "outcome": .string(entry.fate.rawValue),
        ]
        object["email"] = entry.email.map(JSONValue.string)
        if !entry.remarks.isEmpty { object["remarks"] = .array(entry.remarks.map(JSONValue.string)) }
        return .object(object)
    }

    private static func object(_ report: ImportReport) -> JSONValue {
        let left = sorted(report.leftBehind.counts).map { (key: $0.key, value: JSONValue.integer(Int64($0.value))) }
        let identities = sorted(report.identities).map { (key: $0.key, value: JSONValue.integer(Int64($0.value))) }
        return [
            "summary": [
                "format": .string(report.format.rawValue), "dry_run": .bool(report.isDryRun),
                "created": .integer(Int64(report.count(.created))), "taken": .integer(Int64(report.count(.taken))),
                "refused": .integer(Int64(report.count(.refused))),
                "without_password": .integer(Int64(report.withoutPassword)),
                "unproven_address": .integer(Int64(report.unproven)),
                "identities": .object(JSONObject(identities)), "left_behind": .object(JSONObject(left)),
            ]
        ]
    }

    static func text(_ report: ImportReport) -> String {
        let would = report.isDryRun
        var lines = [
            "\(would ? "Nothing was written. " : "")\(people(report.count(.created))) \(would ? "would come" : "came") along from \(report.format.owner)."
        ]
        if report.withoutPassword > 0 {
            lines.append(
                "\(people(report.withoutPassword)) of them \(would ? "would have" : "have") no password here, and must set a new one."
            )
        }
        if report.unproven > 0 {
            lines.append(
                "\(people(report.unproven)) of them \(would ? "would have" : "have") an address that nobody has proven, and prove it at their first sign-in."
            )
        }
        if !report.identities.isEmpty {
            lines.append(
                "What they sign in with elsewhere \(would ? "would work" : "works") here once a provider of that name is set up:"
            )
            lines += sorted(report.identities).map { "  \($0.key): \($0.value)" }
        }
        if report.count(.taken) > 0 {
            lines.append(
                "\(people(report.count(.taken))) were here already, by their address or their old id, and were not touched."
            )
        }
        if report.count(.refused) > 0 {
            lines.append("\(people(report.count(.refused))) were refused; the lines above say why.")
        }
        let left = sorted(report.leftBehind.counts)
        if !left.isEmpty {
            lines.append("What cannot be carried over, and must be set up anew:")
            lines += left.map { "  \($0.key): \($0.value)" }
        }
        return lines.joined(separator: "\n")
    }

    private static func sorted(_ counts: [String: Int]) -> [(key: String, value: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    }

    private static func people(_ count: Int) -> String {
        count == 1 ? "1 person" : "\(count) people"
    }
}

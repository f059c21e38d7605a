import Foundation
import JSON
import OAuth
import Storage

/// How an event is written for a terminal or a program. Nothing in an event can command a terminal or pass for
/// another field (CF4).
struct AuditListing {
    let json: Bool
    let terminal: Terminal

    func line(_ event: AuditRecord) -> String { json ? Self.json(event) : text(event) }

    /// `2026-11-21T14:00:00.123Z refused sign_in_refused by=visitor …`
    private func text(_ event: AuditRecord) -> String {
        let outcome = event.outcome.padding(to: 7)
        let shade = event.outcome == "refused" ? terminal.red(outcome) : terminal.green(outcome)
        let facts = Self.facts(event).map { "\(PlainText.escaped($0.name))=\(Self.shown($0.value))" }.joined(
            separator: " ")
        return
            "\(terminal.faint(Self.time(event.at))) \(shade) \(terminal.bold(PlainText.escaped(event.kind))) \(facts)"
    }

    /// Time first, then the names of the columns, then the details under names of their own.
    private static func json(_ event: AuditRecord) -> String {
        var json = JSONWriter()
        json.beginObject()
        let fixed = [("time", time(event.at)), ("id", event.id), ("kind", event.kind), ("outcome", event.outcome)]
        for (name, value) in fixed {
            json.key(name)
            json.string(PlainText.escaped(value))
        }
        for (name, value) in facts(event) where fixed.allSatisfy({ $0.0 != name }) {
            json.key(PlainText.escaped(name))
            json.string(PlainText.escaped(value))
        }
        json.key("process")
        json.string(PlainText.escaped(event.process))
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// A detail cannot take the place of a column.
    private static func facts(_ event: AuditRecord) -> [(name: String, value: String)] {
        let columns: [(String, String?)] = [
            ("actor", event.actor), ("subject", event.subject), ("client_id", event.clientID),
            ("network", event.network), ("reference", event.reference),
        ]
        let taken = Set(columns.map(\.0) + ["time", "id", "kind", "outcome", "process"])
        return columns.compactMap { name, value in value.map { (name: name, value: $0) } }
            + event.details.filter { !taken.contains($0.key) }.sorted { $0.key < $1.key }.map {
                (name: $0.key, value: $0.value)
            }
    }

    private static func shown(_ value: String) -> String {
        let text = PlainText.escaped(value)
        let isWord =
            !text.isEmpty
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
        return isWord ? text : JSONValue.string(text).text
    }

    private static func time(_ microseconds: Int64) -> String {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return LogLine.text(of: timespec(tv_sec: Int(seconds), tv_nsec: Int(rest) * 1000))
    }
}

import ArgumentParser
import JSON
import OAuth

/// How a command tells of a person: a sentence for people, or one JSON object for programs.
struct PersonOutput: ParsableArguments {
    @Flag(name: .long, help: "One JSON object, with the names of the administration API.")
    var json = false

    func tell(_ object: JSONObject, _ sentence: String) throws(CommandRefusal) {
        try Answer.tell(json ? Self.line(object) : sentence)
    }

    /// Nothing in it can command a terminal (CF4): JSON is read at terminals too.
    static func line(_ object: JSONObject) -> String { JSONValue.object(object.escapedForTerminal).text }
}

extension JSONValue {
    fileprivate var escapedForTerminal: JSONValue {
        switch self {
        case .string(let text): .string(PlainText.escaped(text))
        case .array(let values): .array(values.map(\.escapedForTerminal))
        case .object(let object): .object(object.escapedForTerminal)
        case .null, .bool, .integer, .real: self
        }
    }
}

extension JSONObject {
    fileprivate var escapedForTerminal: JSONObject {
        JSONObject(members.map { (key: PlainText.escaped($0.key), value: $0.value.escapedForTerminal) })
    }
}

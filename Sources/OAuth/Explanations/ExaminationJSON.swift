import JSON

/// The form in which checks are kept, and in which `martlet explain --json` prints them.
extension Examination {
    package var checksJSON: JSONValue { .array(checks.map { .object($0.json) }) }

    /// Of a newer program's checks, those whose names are not known here are left out.
    package init?(checks value: JSONValue, clientID: String?, subject: String?) {
        guard let list = value.arrayValue else { return nil }
        self.init(checks: list.compactMap(Check.init(_:)), clientID: clientID, subject: subject)
    }
}

extension Examination.Check {
    fileprivate var json: JSONObject {
        var json: JSONObject = ["check": .string(name.rawValue)]
        switch outcome {
        case .passed(let seen):
            json["outcome"] = "passed"
            json["seen"] = seen.map { .string($0.text) }
        case .failed(let finding):
            json["outcome"] = "failed"
            json["seen"] = .string(finding.seen.text)
            json["expected"] = .string(finding.expected.text)
            json["repair"] = .string(finding.repair.text)
        case .notReached: json["outcome"] = "not_reached"
        }
        return json
    }

    fileprivate init?(_ value: JSONValue) {
        guard let json = value.objectValue,
            let name = (json["check"]?.stringValue).flatMap(CheckName.init), let outcome = json["outcome"]?.stringValue
        else { return nil }
        let text = { (member: String) in json[member]?.stringValue.map(ShownText.kept) }
        switch outcome {
        case "passed": self.init(name, .passed(text("seen")))
        case "failed":
            let finding = Finding(
                name, seen: text("seen") ?? "", expected: text("expected") ?? "", repair: text("repair") ?? "")
            self.init(name, .failed(finding))
        default: self.init(name, .notReached)
        }
    }
}

import Foundation
import JSON

/// The sentences that code chooses among, by key. Variables stand as `{{name}}`.
package struct Catalogue: Sendable {
    private let sentences: [String: String]

    init(_ value: JSONValue) {
        var sentences: [String: String] = [:]
        for member in value.objectValue?.members ?? [] {
            sentences[member.key] = member.value.stringValue
        }
        self.sentences = sentences
    }

    func has(_ key: String) -> Bool { sentences[key] != nil }

    /// The sentence with its variables filled in; the key itself when there is none, which a test finds.
    func text(_ key: String, _ variables: [String: String] = [:]) -> String {
        var rest = (sentences[key] ?? key)[...]
        var text = ""
        // Once from front to back: what is filled in is not looked at again.
        while let opening = rest.range(of: "{{"), let closing = rest[opening.upperBound...].range(of: "}}") {
            let name = String(rest[opening.upperBound..<closing.lowerBound])
            text += rest[..<opening.lowerBound]
            text += variables[name] ?? "{{\(name)}}"
            rest = rest[closing.upperBound...]
        }
        return text + rest
    }
}

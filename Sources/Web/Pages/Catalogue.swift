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
        var text = sentences[key] ?? key
        for (name, value) in variables {
            text = text.replacingOccurrences(of: "{{\(name)}}", with: value)
        }
        return text
    }
}

import Foundation
import JSON

/// The sentences of the demo: from the catalogue of the pages, and from here what that does not have.
struct DemoMessages: Sendable {
    private let texts: [String: String]

    init(file: String) throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        let catalogue = try JSONValue(parsing: bytes, maximumBytes: 1 << 20).objectValue
        var texts = Self.own
        for member in catalogue?.members ?? [] {
            if let text = member.value.stringValue { texts[member.key] = text }
        }
        self.texts = texts
    }

    subscript(_ key: String) -> String { texts[key] ?? key }

    subscript(_ key: String, count count: Int) -> String {
        self[key].replacingOccurrences(of: "{{count}}", with: String(count))
    }

    private static let own = [
        "demo.advice.registration": "Martlet does not know this demo, or not its secret. Start the demo again, then "
            + "let Martlet read its clients again: restart it, or send it SIGHUP.",
        "demo.advice.answer": "This answer cannot be believed, so nobody is signed in. Compare the issuer the demo was "
            + "started with to the one Martlet is set to.",
    ]
}

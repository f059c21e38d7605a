import Foundation
import HTTPTypes
import JSON
import Web

/// What is looked for in pages, parsed once: a literal is parsed each time it is come by, which was a tenth of what all
/// these tests take. Unsafe in name alone: nobody changes them, and each search has a state of its own.
private enum Pattern {
    nonisolated(unsafe) static let handle = /[?&]request=([^&]+)/
    nonisolated(unsafe) static let action = /^[^>]*action="([^"]*)"/
    nonisolated(unsafe) static let hidden = /<input type="hidden" name="([^"]*)" value="([^"]*)">/
    nonisolated(unsafe) static let box = /<input [^>]*type="checkbox"[^>]*>/
    nonisolated(unsafe) static let name = /\ name="([^"]*)"/
    nonisolated(unsafe) static let input = /<input [^>]*>/
    nonisolated(unsafe) static let value = /\ value="([^"]*)"/
    nonisolated(unsafe) static let heading = /<h1>([^<]*)<\/h1>/
    nonisolated(unsafe) static let reference = /<code id="reference">([^<]*)</
}

/// A reply as a browser or an app sees it.
struct TestPage: Sendable {
    let target: String
    let reply: Reply

    var status: Int { Int(reply.status.code) }
    var text: String { String(decoding: reply.body, as: UTF8.self) }
    var location: String? { reply.headers[.location] }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { reply.headers[$0] } }

    var cookies: [String] { reply.headers[values: .setCookie] }

    /// The parameters of the address a redirect leads to.
    var answer: [String: String] {
        let items = location.flatMap { URLComponents(string: $0)?.queryItems } ?? []
        return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
    }

    /// The handle of the paused request in the address this page was reached by.
    var handle: String? { target.firstMatch(of: Pattern.handle).map { String($0.1) } }

    struct Form: Sendable {
        let action: String
        /// Hidden ones, and boxes that are ticked.
        let fields: [String: String]
    }

    var forms: [Form] {
        text.components(separatedBy: "<form").dropFirst().map { part in
            let body = part.components(separatedBy: "</form>")[0]
            let action = body.firstMatch(of: Pattern.action).map { Self.unescaped(String($0.1)) } ?? ""
            let matches = body.matches(of: Pattern.hidden)
            let fields = matches.map { (String($0.1), Self.unescaped(String($0.2))) } + Self.ticked(in: body)
            return Form(action: action, fields: Dictionary(fields) { first, _ in first })
        }
    }

    private static func ticked(in form: String) -> [(String, String)] {
        let boxes = form.matches(of: Pattern.box).map { String($0.0) }
        return boxes.filter { $0.contains(" checked") }.compactMap { box in
            box.firstMatch(of: Pattern.name).map { (String($0.1), "on") }
        }
    }

    /// The value of a visible field.
    func value(of field: String) -> String? {
        let inputs = text.matches(of: Pattern.input).map { String($0.0) }
        guard let input = inputs.first(where: { $0.contains("name=\"\(field)\"") }) else { return nil }
        return input.firstMatch(of: Pattern.value).map { Self.unescaped(String($0.1)) }
    }

    /// A page's first heading: what it says it is.
    var heading: String {
        text.firstMatch(of: Pattern.heading).map { Self.unescaped(String($0.1)) } ?? ""
    }

    /// The short reference of an error page.
    var reference: String? { text.firstMatch(of: Pattern.reference).map { String($0.1) } }

    var json: JSONObject? { (try? JSONValue(parsing: reply.body))?.objectValue }
    subscript(_ member: String) -> JSONValue? { json?[member] }
    var error: String? { self["error"]?.stringValue }
    /// Whether an introspection says that the token is good.
    var isActive: Bool? { self["active"]?.boolValue }

    /// By scalars, as browsers do: a quote before a combining mark is still a quote.
    static func unescaped(_ text: String) -> String {
        let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        var rest = text.unicodeScalars[...]
        var plain = String.UnicodeScalarView()
        while let scalar = rest.first {
            if let name = names.first(where: { rest.starts(with: $0.0.unicodeScalars) }) {
                plain.append(contentsOf: name.1.unicodeScalars)
                rest = rest.dropFirst(name.0.unicodeScalars.count)
            } else {
                plain.append(scalar)
                rest = rest.dropFirst()
            }
        }
        return String(plain)
    }
}

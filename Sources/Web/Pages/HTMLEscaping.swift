import Mustache

/// Escapes by Unicode scalar. The template library's own escaping goes by `Character`, and a quote that is
/// joined with a combining mark is a different character to it but still a quote to a browser: text with
/// such a pair would break out of an attribute (WB7). `Pages` puts the pragma before every template, the operator's own
/// included.
struct HTMLEscaping: MustacheContentType {
    static let pragma = "{{% CONTENT_TYPE: HTML}}"

    static func register() {
        MustacheContentTypes.register(HTMLEscaping(), named: "HTML")
    }

    func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

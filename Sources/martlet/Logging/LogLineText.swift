import JSON
import Logging

/// A log line for somebody who watches a terminal.
extension LogLine {
    /// `12:34:56.789 notice  people are served  port=8080`
    func text(colour: Bool) -> String {
        let clock = time.dropFirst(11).dropLast()
        let label = level.rawValue.padding(to: 8)
        let facts = fields.members.map { "\($0.key)=\(Self.shown($0.value))" }.joined(separator: " ")
        guard colour else { return "\(clock) \(label) \(message)\(facts.isEmpty ? "" : "  " + facts)" }
        let shade = Self.colour(of: level)
        return "\u{1B}[2m\(clock)\u{1B}[0m \u{1B}[\(shade)m\(label)\u{1B}[0m \(message)"
            + (facts.isEmpty ? "" : "  \u{1B}[2m\(facts)\u{1B}[0m")
    }

    /// A word as it is; anything else in quotes, so that a value cannot pass for another field.
    private static func shown(_ value: JSONValue) -> String {
        guard case .string(let text) = value, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") })
        else { return value.text }
        return text
    }

    private static func colour(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 2
        case .info: 36
        case .notice: 32
        case .warning: 33
        case .error, .critical: 31
        }
    }
}

extension String {
    /// Filled up with spaces, for columns.
    func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}

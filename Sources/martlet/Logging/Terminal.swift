import Foundation

/// Whether somebody watches a stream, and whether it may be coloured (https://no-color.org).
struct Terminal: Sendable {
    let isTerminal: Bool
    let usesColour: Bool

    static let standardInput = Terminal(descriptor: STDIN_FILENO)
    static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
    static let standardError = Terminal(descriptor: STDERR_FILENO)

    init(isTerminal: Bool, environment: [String: String]) {
        self.isTerminal = isTerminal
        usesColour = isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    private init(descriptor: Int32) {
        self.init(isTerminal: isatty(descriptor) == 1, environment: ProcessInfo.processInfo.environment)
    }

    func bold(_ text: String) -> String { painted(text, "1") }
    func faint(_ text: String) -> String { painted(text, "2") }
    func red(_ text: String) -> String { painted(text, "31") }
    func green(_ text: String) -> String { painted(text, "32") }

    private func painted(_ text: String, _ code: String) -> String {
        usesColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// To standard error, since it is not what was asked for.
    static func tell(_ text: String) { show(text + "\n") }

    /// To standard error, without an end of the line. Where nobody can read it there is nobody to be told of that.
    static func show(_ text: String) {
        _ = WholeWrite.put(Array(text.utf8), to: STDERR_FILENO)
    }
}

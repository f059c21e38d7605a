/// Why a command does not do what it was asked: sentences for the person who typed it, each saying what,
/// where, and what to do.
struct CommandRefusal: Error, Equatable, CustomStringConvertible {
    enum ExitCode: Int32, Sendable {
        /// Asked rightly, and refused.
        case refused = 1
        /// Asked wrongly, or not told what is needed.
        case usage = 2
    }

    let sentences: [String]
    let exitCode: ExitCode

    init(_ sentences: String..., exitCode: ExitCode = .refused) {
        self.init(sentences, exitCode: exitCode)
    }

    init(_ sentences: [String], exitCode: ExitCode = .refused) {
        self.sentences = sentences
        self.exitCode = exitCode
    }

    var description: String { sentences.joined(separator: "\n") }
}

import ArgumentParser
import Foundation

/// How a command ends that did not just finish: the words, where they go, and the exit code.
struct CommandEnding {
    let text: String
    let code: Int32
    let isAnswer: Bool

    init(_ error: any Error) {
        switch error {
        case let refusal as CommandRefusal:
            self.init(faults: refusal.sentences, code: refusal.exitCode.rawValue)
        case let faults as SettingsFaults:
            self.init(faults: faults.faults.map(\.description), code: 1)
        default:
            switch Martlet.exitCode(for: error) {
            case .success: self.init(text: Martlet.fullMessage(for: error), code: 0, isAnswer: true)
            case .validationFailure: self.init(text: Martlet.fullMessage(for: error), code: 2)
            case let other where error is ExitCode: self.init(text: "", code: other.rawValue)
            default: self.init(faults: ["\(error)"], code: 1)
            }
        }
    }

    private init(text: String, code: Int32, isAnswer: Bool = false) {
        self.text = text
        self.code = code
        self.isAnswer = isAnswer
    }

    private init(faults: [String], code: Int32) {
        let shade = Terminal.standardError
        self.init(text: faults.map { shade.red("error:") + " " + $0 }.joined(separator: "\n"), code: code)
    }

    /// Answers go to standard output, complaints to standard error. Gives the exit code: of an answer that could not
    /// be given it is another.
    func tell() -> Int32 {
        guard !text.isEmpty else { return code }
        guard isAnswer else {
            Terminal.tell(text)
            return code
        }
        do {
            try Answer.tell(text)
            return code
        } catch {
            return CommandEnding(error).tell()
        }
    }
}

import ArgumentParser
import Foundation
import Identity
import OAuth

/// What every change asks for: why, and whether the person hears of it.
struct WhyOption: ParsableArguments {
    @Option(name: .long, help: "Why: one line, kept with the event. No names: it outlives the account.")
    var reason: String?

    func validate() throws {
        guard let reason else { return }
        guard Reason(reason) != nil else {
            throw ValidationError("--reason is one line of at most \(Reason.longest) characters")
        }
    }

    /// Asked for at a terminal when it was not given.
    func instruction(isQuiet: Bool = false) throws -> Instruction {
        Instruction(.command, because: try why(), isQuiet: isQuiet, mayAppoint: true)
    }

    private func why() throws -> Reason {
        if let reason = reason.flatMap(Reason.init) { return reason }
        guard Terminal.standardInput.isTerminal else {
            throw CommandRefusal("--reason is missing: say why, for the record", exitCode: .usage)
        }
        Terminal.show("Why (one line, for the record): ")
        guard let reason = readLine().flatMap(Reason.init) else {
            throw CommandRefusal("no reason was given, and nothing was changed", exitCode: .usage)
        }
        return reason
    }
}

/// What cannot simply be taken back is asked about at a terminal.
struct YesFlag: ParsableArguments {
    @Flag(name: .long, help: "Do not ask.")
    var yes = false

    /// A script cannot be asked: it gives --yes.
    func confirm(_ question: String) throws {
        guard !yes else { return }
        guard Terminal.standardInput.isTerminal else {
            throw CommandRefusal("\(question) There is no terminal to ask at; give --yes as well", exitCode: .usage)
        }
        Terminal.show("\(question) Type yes to go on: ")
        guard readLine()?.trimmingCharacters(in: .whitespaces) == "yes" else {
            throw CommandRefusal("nothing was changed")
        }
    }
}

struct QuietFlag: ParsableArguments {
    @Flag(name: .long, help: "Send the person no mail about it.")
    var quiet = false
}

import Foundation

/// Takes a password from somebody at a terminal, twice and unseen, or else from standard input.
enum PasswordEntry {
    static func read(input: Terminal = .standardInput) throws(CommandRefusal) -> String {
        guard input.isTerminal else { return try firstLine() }
        guard let first = SilentPrompt.ask("Password: "), let second = SilentPrompt.ask("The same again: ") else {
            throw CommandRefusal("no password was given, and nothing was created", exitCode: .usage)
        }
        guard first == second else {
            throw CommandRefusal("the two passwords differ, and nothing was created; try again")
        }
        return first
    }

    /// The first line, without its end. One that is far too long is not read to its end.
    private static func firstLine() throws(CommandRefusal) -> String {
        var bytes: [UInt8] = []
        while bytes.count <= 4096, let byte = StandardInput.byte(), byte != UInt8(ascii: "\n") { bytes.append(byte) }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw CommandRefusal(
                "there is no terminal to ask for a password at; give it as the first line of standard input",
                exitCode: .usage)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandRefusal("the password on standard input is no UTF-8 text; give it as such", exitCode: .usage)
        }
        return text
    }
}

enum StandardInput {
    /// `nil` at the end.
    static func byte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = Foundation.read(STDIN_FILENO, &byte, 1)
            guard count < 0, errno == EINTR else { return count == 1 ? byte : nil }
        }
    }
}

import Foundation

/// What a command was asked for, on standard output: it arrives whole, or the command says that it did not and ends
/// with 1.
enum Answer {
    /// One line, or several.
    static func tell(_ text: String, to descriptor: Int32 = STDOUT_FILENO) throws(CommandRefusal) {
        try write(Array((text + "\n").utf8), to: descriptor)
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32 = STDOUT_FILENO) throws(CommandRefusal) {
        guard let fault = WholeWrite.put(bytes, to: descriptor) else { return }
        throw CommandRefusal(
            "standard output takes no more (\(String(cString: strerror(fault)))); what was to follow is lost")
    }
}

/// Tells of work that goes on whoever listens: once something could not be said nothing more is, and that is told at
/// the end.
struct RunningAnswer {
    private(set) var fault: CommandRefusal?

    mutating func tell(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        guard fault == nil else { return }
        do {
            try Answer.tell(text, to: descriptor)
        } catch {
            fault = error
        }
    }

    func finish() throws(CommandRefusal) {
        if let fault { throw fault }
    }
}

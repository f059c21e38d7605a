import Foundation

/// Asks at the terminal without showing what is typed.
///
/// Keys are read one by one, Control-C among them, so that the terminal is never left without its echo.
enum SilentPrompt {
    /// `nil` when the person gave up (Control-C, Control-D on an empty line) or this is no terminal.
    static func ask(_ question: String) -> String? {
        var usual = termios()
        guard tcgetattr(STDIN_FILENO, &usual) == 0 else { return nil }
        var silent = usual
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        Terminal.show(question)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { return nil }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual)
            Terminal.show("\n")
        }
        return readLine()
    }

    private static func readLine() -> String? {
        var bytes: [UInt8] = []
        while let byte = StandardInput.byte(), bytes.count <= 4096 {
            switch byte {
            case 0x0A, 0x0D: return String(validating: bytes, as: UTF8.self)
            case 0x03, 0x1C: return nil
            case 0x04:
                if bytes.isEmpty { return nil }
            case 0x15: bytes = []
            case 0x7F, 0x08: removeCharacter(from: &bytes)
            default: bytes.append(byte)
            }
        }
        return nil
    }

    /// The last character may be several bytes of UTF-8.
    private static func removeCharacter(from bytes: inout [UInt8]) {
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
    }
}

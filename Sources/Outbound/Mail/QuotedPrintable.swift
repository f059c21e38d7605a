/// Text in lines of at most 76 printable characters, RFC 2045 §6.7: it survives every server on the way unchanged.
enum QuotedPrintable {
    private static let most = 76

    /// Lines of the text end with LF, those of the result with CRLF.
    static func encode(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            output += encode(line: Array(line)) + [0x0D, 0x0A]
        }
        return output
    }

    private static func encode(line: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var width = 0
        for (place, byte) in line.enumerated() {
            let isLast = place == line.count - 1
            // A mark of mailboxes in files, and the end of a message in SMTP, are nothing but text here.
            let isMark = place == 0 && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "F"))
            let piece = isMark || !isLiteral(byte, isLast: isLast) ? escaped(byte) : [byte]
            // Room for the mark of a line that goes on.
            if width + piece.count > most - (isLast ? 0 : 1) {
                output += [UInt8(ascii: "="), 0x0D, 0x0A]
                width = 0
            }
            output += piece
            width += piece.count
        }
        return output
    }

    /// White space at the end of a line would be lost.
    private static func isLiteral(_ byte: UInt8, isLast: Bool) -> Bool {
        switch byte {
        case 0x20, 0x09: !isLast
        case UInt8(ascii: "="): false
        default: (0x21...0x7E).contains(byte)
        }
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        let figures = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "="), figures[Int(byte >> 4)], figures[Int(byte & 15)]]
    }
}

/// Text that cannot pretend to be anything but text: no line end, no terminal sequence, nothing that turns
/// the direction of what follows (CF4).
package enum PlainText {
    /// Every such character in the form `\u{1b}`.
    package static func escaped(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        guard text.unicodeScalars.contains(where: isTreacherous) else { return text }
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isTreacherous(scalar) {
                output.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                output.append(scalar)
            }
        }
        return String(output)
    }

    /// Control characters (C0, DEL, C1 with its one-byte CSI), line and paragraph separators, and
    /// formatting characters that nobody sees (bidirectional overrides, byte order marks).
    package static func isTreacherous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x20, 0x7F...0x9F: true
        case ..<0x300: scalar.value == 0xAD
        default:
            switch scalar.properties.generalCategory {
            case .lineSeparator, .paragraphSeparator: true
            case .format: scalar.value != 0x200C && scalar.value != 0x200D
            default: false
            }
        }
    }
}

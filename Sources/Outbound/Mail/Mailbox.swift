import Foundation
import Identity

/// Who a mail is from: an address, and the name to show beside it (RFC 5322 §3.4).
package struct Mailbox: Sendable, Equatable, CustomStringConvertible {
    package let name: String?
    package let address: EmailAddress

    package init(name: String?, address: EmailAddress) {
        self.name = name
        self.address = address
    }

    /// One mailbox as people write it: `ann@example.org`, `Ann <ann@example.org>` or `"Ann, at work" <ann@example.org>`.
    /// Lists, groups and comments are refused rather than understood.
    package init?(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return nil }
        guard text.hasSuffix(">") else {
            guard let address = EmailAddress(text) else { return nil }
            self.init(name: nil, address: address)
            return
        }
        guard let opening = text.lastIndex(of: "<"),
            let address = EmailAddress(String(text[text.index(after: opening)...].dropLast())),
            // Blanks around a name are no part of it, in quotation marks or without: nobody sees them.
            let name = Self.name(String(text[..<opening]).trimmingCharacters(in: .whitespaces))?
                .trimmingCharacters(in: .whitespaces)
        else { return nil }
        self.init(name: name.isEmpty ? nil : name, address: address)
    }

    package var description: String {
        guard let name else { return address.typed }
        let isPlain = name.unicodeScalars.allSatisfy { !Self.specials.contains($0) }
        return isPlain ? "\(name) <\(address)>" : "\(Self.quoted(name)) <\(address)>"
    }

    /// As it stands in a header, where names beyond ASCII are encoded.
    var headerText: String {
        guard let name else { return address.typed }
        guard EncodedWords.isPlain(name) else { return EncodedWords.encode(name) + "\r\n <\(address)>" }
        return "\(Self.quoted(name)) <\(address)>"
    }

    /// What parts the pieces of an address list (§3.2.3), and so may stand in a name within quotation marks alone.
    private static let specials = Set("()<>[]:;@\\,\"".unicodeScalars)

    private static func quoted(_ name: String) -> String {
        let escaped = name.unicodeScalars.reduce(into: "") { text, scalar in
            if scalar == "\\" || scalar == "\"" { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return "\"\(escaped)\""
    }

    private static func name(_ text: String) -> String? {
        guard text.hasPrefix("\""), text.hasSuffix("\""), text.count >= 2 else {
            return text.unicodeScalars.contains(where: specials.contains) ? nil : text
        }
        var name = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.dropFirst().dropLast().unicodeScalars {
            if !isEscaped && scalar == "\"" { return nil }
            isEscaped = !isEscaped && scalar == "\\"
            if !isEscaped { name.append(scalar) }
        }
        return isEscaped ? nil : String(name)
    }
}

import Foundation

/// One strict mailbox (ML6): as typed, and the canonical form that is unique.
///
/// ASCII only, before anything is folded: no character that some program maps to another (a full-width `＠`, a
/// Kelvin sign) gets near. A name with letters beyond ASCII is typed as its ASCII form (`xn--…`), which is what
/// mail is delivered to. Quoted local parts, comments, lists, address literals and anything that a mail program
/// could read in two ways are refused rather than understood.
package struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
    package let typed: String
    /// Lower case throughout: nobody gives `Ann@` and `ann@` to different people, but many type both.
    package let canonical: String

    package init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        guard (3...254).contains(trimmed.utf8.count), trimmed.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let halves = trimmed.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, Self.isLocalPart(halves[0]), Self.isDomain(halves[1]) else { return nil }
        typed = trimmed
        canonical = trimmed.lowercased()
    }

    package var description: String { typed }

    /// What attempts are counted by: `+tag` and dots before the `@` are left out, for many a mailbox has all such
    /// addresses (ML7). Two people who share a count by that are asked to wait; nobody is let in by it.
    package var counted: String {
        let halves = canonical.split(separator: "@")
        guard let local = halves.first, let domain = halves.last else { return canonical }
        let plain = local.prefix { $0 != "+" }.filter { $0 != "." }
        return plain.isEmpty ? canonical : "\(plain)@\(domain)"
    }

    /// A dot-atom of RFC 5322 §3.2.3.
    private static func isLocalPart(_ text: Substring) -> Bool {
        let special = "!#$%&'*+-/=?^_`{|}~".utf8
        let atoms = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 64
            && atoms.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { isLetterOrDigit($0) || special.contains($0) } }
    }

    /// A host name of at least two labels (or `localhost`, for a first try), RFC 1123 §2.1. One that ends in
    /// figures would be an address.
    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isLabel = { (label: Substring) in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
        let isNumeric = labels.last?.utf8.allSatisfy { (0x30...0x39).contains($0) } ?? true
        return labels.allSatisfy(isLabel) && !isNumeric && (labels.count >= 2 || text.lowercased() == "localhost")
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }
}

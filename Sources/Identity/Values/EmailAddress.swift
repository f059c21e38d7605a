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
        let trimmed = Self.isTrim(text) ? text : text.trimmingCharacters(in: .whitespaces)
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

    /// Whether it begins and ends with visible ASCII, as all do that were kept: nothing is to be trimmed then.
    private static func isTrim(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return true }
        return (0x21...0x7E).contains(first) && (0x21...0x7E).contains(last)
    }

    /// A dot-atom of RFC 5322 §3.2.3.
    private static func isLocalPart(_ text: Substring) -> Bool {
        var last = dot
        for byte in text.utf8 {
            guard isLetterOrDigit(byte) || special.contains(byte) || (byte == dot && last != dot) else { return false }
            last = byte
        }
        return last != dot && text.utf8.count <= 64
    }

    /// A host name of at least two labels (or `localhost`, for a first try), RFC 1123 §2.1. One that ends in
    /// figures would be an address.
    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.utf8.split(separator: dot, omittingEmptySubsequences: false)
        let hyphen = UInt8(ascii: "-")
        let isLabel = { (label: Substring.UTF8View) in
            (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
        }
        let isNumeric = labels.last?.allSatisfy { (0x30...0x39).contains($0) } ?? true
        return labels.allSatisfy(isLabel) && !isNumeric && (labels.count >= 2 || text.lowercased() == "localhost")
    }

    private static let dot = UInt8(ascii: ".")
    private static let special = Array("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }
}

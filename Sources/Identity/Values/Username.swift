import Foundation

/// A second name to be known by, unique, and never a key: clients see it as `preferred_username`, which OpenID
/// Connect Core §5.7 forbids them to identify anybody by.
///
/// Letters and digits of any script, and `@ . + - _`, as Django allows. Canonical form: NFKC, lower case, so that no
/// two people have names that differ in case or width alone. Letters of different scripts that look alike stay
/// different names; that is not prevented here. No e-mail address is one: that a username is taken is said, and that an
/// address has an account is not (PW10).
package struct Username: Sendable, Hashable, CustomStringConvertible {
    /// Unicode scalars, as in Django.
    package static let longest = 150

    package let typed: String
    package let canonical: String

    package init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping
        let folded = trimmed.precomposedStringWithCompatibilityMapping.lowercased()
        guard (1...Self.longest).contains(trimmed.unicodeScalars.count),
            folded.unicodeScalars.count <= 3 * Self.longest,
            trimmed.unicodeScalars.allSatisfy(Self.isPermitted), folded.unicodeScalars.allSatisfy(Self.isPermitted),
            EmailAddress(folded) == nil
        else { return nil }
        typed = trimmed
        canonical = folded
    }

    package var description: String { typed }

    private static func isPermitted(_ scalar: Unicode.Scalar) -> Bool {
        if "@.+-_".unicodeScalars.contains(scalar) { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .nonspacingMark, .spacingMark:
            return true
        default: return false
        }
    }
}

extension Profile {
    /// What is unique. A name that could not be chosen today (an imported one) is compared as it is.
    package var canonicalUsername: String? {
        preferredUsername.map { Username($0)?.canonical ?? $0 }
    }
}

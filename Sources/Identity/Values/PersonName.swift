import Foundation

/// A person's name as it may stand on a page and in a mail's header: one line of visible text (IN12).
///
/// Any script, any punctuation; names are not to be improved. Refused are control characters, which end lines,
/// and the characters that turn the direction of the text around them.
package struct PersonName: Sendable, Equatable {
    package enum Fault: Error, Sendable {
        case missing
        case tooLong
        case malformed
    }

    package static let longest = 100
    package let text: String

    package init(_ typed: String) throws(Fault) {
        guard typed.utf8.count <= 4 * Self.longest else { throw .tooLong }
        let trimmed = typed.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping
        guard !trimmed.isEmpty else { throw .missing }
        guard trimmed.unicodeScalars.count <= Self.longest else { throw .tooLong }
        guard VisibleText.isOneLine(trimmed),
            trimmed.contains(where: { $0.isLetter || $0.isNumber })
        else { throw .malformed }
        text = trimmed
    }
}

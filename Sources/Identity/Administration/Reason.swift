import Foundation
import OAuth

/// Why an operator does something to somebody, in the operator's own words: one line, kept with the event. Events
/// outlive accounts, so whoever asks for one says that no names belong into it.
package struct Reason: Sendable, Equatable {
    /// In Unicode scalars.
    package static let longest = 200
    package let text: String

    /// `nil` for nothing, for more than a line, and for characters that nobody sees.
    package init?(_ typed: String) {
        guard typed.utf8.count <= 4 * Self.longest else { return nil }
        let trimmed = typed.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping
        guard (1...Self.longest).contains(trimmed.unicodeScalars.count),
            trimmed.unicodeScalars.allSatisfy({ !PlainText.isTreacherous($0) }),
            trimmed.contains(where: { $0.isLetter || $0.isNumber })
        else { return nil }
        text = trimmed
    }
}

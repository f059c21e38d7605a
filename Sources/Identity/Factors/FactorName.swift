import Foundation
import OAuth

/// What a person calls a factor of theirs: one line that shows what it says.
package struct FactorName: Sendable, Equatable {
    /// In Unicode scalars.
    package static let longest = 64
    package let text: String

    /// `nil` for nothing, for more than a line, and for characters that nobody sees.
    package init?(_ typed: String) {
        guard typed.utf8.count <= 4 * Self.longest else { return nil }
        let trimmed = typed.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping
        guard (1...Self.longest).contains(trimmed.unicodeScalars.count), VisibleText.isOneLine(trimmed) else {
            return nil
        }
        text = trimmed
    }
}

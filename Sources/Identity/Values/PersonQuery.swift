import Foundation

/// Which people are asked for; what is `nil` does not matter.
package struct PersonQuery: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case active
        case disabled
        case deleted
        /// Active, with an address that was never proven.
        case unverified
    }

    /// The most that one answer holds.
    package static let most = 200

    /// The beginning of an address, or a part of a name or of a username; in any case.
    package var text: String?
    /// Whoever has the role, in whatever context.
    package var role: String?
    package var state: State?
    /// A canonical address: only those behind it.
    package var after: String?
    package var limit = 50

    package init() {}
}

/// How texts are compared when people are searched for: without case, accents and width, on every engine alike.
/// Folded here, since the engines disagree on what a letter is.
package enum SearchText {
    /// In UTF-8.
    static let longest = 400

    package static func folded(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping
            .folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
            .lowercased()
    }

    /// What a profile can be found by beside the address.
    package static func of(_ profile: Profile) -> String {
        [profile.name, profile.givenName, profile.familyName, profile.preferredUsername].compactMap { $0 }
            .map(folded).joined(separator: "\n")
    }
}

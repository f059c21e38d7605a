import JSON

/// One thing that is wrong with a registration, in words for the person who wrote it.
///
/// Sentences name members and allowed values and never repeat a value that may be a secret.
package struct RegistrationFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which member; empty when it is about the whole text, or about a member that is missing.
    package let path: [JSONPathElement]
    package let message: String
    /// What was probably meant.
    package let suggestion: String?

    package init(path: [JSONPathElement], message: String, suggestion: String? = nil) {
        self.path = path
        self.message = message
        self.suggestion = suggestion
    }

    package var description: String {
        suggestion.map { "\(message) (did you mean \($0)?)" } ?? message
    }
}

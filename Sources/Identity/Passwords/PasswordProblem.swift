/// Why a password may not be set. Pages choose the words.
package enum PasswordProblem: Sendable, Hashable {
    case tooShort(minimum: Int)
    /// More than 1024 bytes.
    case tooLong
    /// Among the first that anybody would try: common words, or a plain pattern.
    case common
    /// In a list of passwords that were leaked.
    case breached
    /// Made mostly of words that belong to this person or this service.
    case personal
}

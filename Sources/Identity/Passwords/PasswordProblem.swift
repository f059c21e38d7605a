/// Why a password may not be set. Pages choose the words.
package enum PasswordProblem: Sendable, Hashable {
    case tooShort(minimum: Int)
    /// More than 1024 bytes.
    case tooLong
    /// Among the first that anybody would try: in lists of leaked passwords, or a plain pattern.
    case common
    /// Made mostly of words that belong to this person or this service.
    case personal
}

/// What a password must be to be set (D2, PW1-PW3): long enough, and not among the first guesses. Which
/// characters it is made of is nobody's business (PW2).
///
/// Asked when a password is chosen, never when one is checked: a stricter rule locks nobody out.
package struct PasswordRule: Sendable {
    /// What the minimum may be set to (D2).
    package static let permittedMinimum = 8...64
    package static let defaultMinimum = 15

    package let minimum: Int
    private let serviceWords: Set<FoldedText>
    private let blocklist: PasswordBlocklist?

    /// `service`: names and hosts of this installation. A minimum out of range is moved into it; whoever reads
    /// the settings reports it.
    package init(minimum: Int = defaultMinimum, service: [String] = [], blocklist: PasswordBlocklist? = nil) {
        self.minimum = min(max(minimum, Self.permittedMinimum.lowerBound), Self.permittedMinimum.upperBound)
        serviceWords = FoldedText.words(of: service)
        self.blocklist = blocklist
    }

    /// What is wrong with the password, if anything. `personal`: the person's address and name.
    package func problem(with password: String, personal: [String] = []) -> PasswordProblem? {
        guard let measured = PasswordText(password) else { return .tooLong }
        guard measured.length >= minimum else { return .tooShort(minimum: minimum) }

        let words = serviceWords.union(FoldedText.words(of: personal))
        let spellings = FoldedText.spellings(of: measured.text)
        if spellings.contains(where: { WordCover(words).covers(moreThanHalfOf: $0) }) { return .personal }
        if spellings.contains(where: { GuessablePattern.matches($0, with: words) }) { return .common }
        if LeakedPasswords.contains(measured) || blocklist?.contains(measured) == true { return .breached }
        return nil
    }
}

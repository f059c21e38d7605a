/// Passwords that a guesser tries first (PW3).
///
/// Three of four characters must follow from a pattern before a password is refused; passphrases of several
/// words pass whatever their words are (PW2), for what is counted is two common words, not four.
enum GuessablePattern {
    /// Beyond this no two words and a run can make up a text; and the walk stays short on any input.
    private static let longest = 96

    static func matches(_ text: FoldedText, with personal: Set<FoldedText>) -> Bool {
        let core = text.core
        let isDecorated = core.count < text.count && text.count - core.count <= text.count / 4
        return isPattern(text, with: personal) || isDecorated && isPattern(core, with: personal)
    }

    private static func isPattern(_ text: FoldedText, with personal: Set<FoldedText>) -> Bool {
        let unit = text.unit
        if text.count == 0 || isShortUnitRepeated(text, unit) || isRuns(text) { return true }
        guard unit.count <= longest else { return false }
        let cover = WordCover(personal, counted: CommonPasswords.words)
        return cover.leftover(of: unit, words: 2) <= unit.count / 4
    }

    /// A text that repeats is as long as what it repeats.
    private static func isShortUnitRepeated(_ text: FoldedText, _ unit: FoldedText) -> Bool {
        unit.count < text.count && unit.count < PasswordRule.permittedMinimum.lowerBound
    }

    private static func isRuns(_ text: FoldedText) -> Bool {
        let pairs = zip(text.scalars, text.scalars.dropFirst())
        return pairs.count(where: { Keyboard.areNeighbours($0, $1) }) * 4 >= (text.count - 1) * 3
    }
}

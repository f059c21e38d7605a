/// Which characters a lazy finger types one after the other.
enum Keyboard {
    /// Rows of common layouts, ladders across rows, the alphabet, the figures; each is read in both directions.
    private static let paths = [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiopü", "yxcvbnm",
        "azertyuiop", "qsdfghjklm", "wxcvbn", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p", "qawsedrftgyhujikolp",
        "qazxswedcvfrtgbnhyujmkiolp", "!@#$%^&*()", "!\"§$%&/()=",
    ]

    private static let neighbours: Set<[Unicode.Scalar]> = {
        var pairs: Set<[Unicode.Scalar]> = []
        for path in paths {
            for (one, next) in zip(path.unicodeScalars, path.unicodeScalars.dropFirst()) {
                pairs.insert([one, next])
                pairs.insert([next, one])
            }
        }
        return pairs
    }()

    static func areNeighbours(_ one: Unicode.Scalar, _ next: Unicode.Scalar) -> Bool {
        neighbours.contains([one, next])
    }

    /// How many characters up to this one, with it, were typed without lifting the hand.
    static func runLength(endingAt end: Int, of text: FoldedText) -> Int {
        var start = end
        while start > 0, areNeighbours(text.scalars[start - 1], text.scalars[start]) { start -= 1 }
        return end - start + 1
    }
}

import Foundation

/// A text as a guesser sees it: lower case, nothing that only separates.
struct FoldedText: Sendable, Hashable {
    let scalars: [Unicode.Scalar]

    init(_ text: some StringProtocol) {
        scalars = text.lowercased().unicodeScalars.filter { !Self.separates($0) }
    }

    init(_ scalars: some Sequence<Unicode.Scalar>) {
        self.scalars = Array(scalars)
    }

    var count: Int { scalars.count }

    /// The text as it stands, and with its look-alike figures read as letters: `P@ssw0rd` is `password`.
    static func spellings(of text: String) -> Set<FoldedText> {
        let readings = [("0134578@$", "oieastbas"), ("0134578@$", "oleastbas")].map { figures, letters in
            Dictionary(uniqueKeysWithValues: zip(figures.unicodeScalars, letters.unicodeScalars))
        }
        let spelled = readings.map { reading in
            FoldedText(String(String.UnicodeScalarView(text.unicodeScalars.map { reading[$0] ?? $0 })))
        }
        return Set(spelled + [FoldedText(text)])
    }

    /// The words in names, hosts and addresses, of 3 to 64 letters or digits: `alice1990` gives itself and `alice`.
    static func words(of texts: [String]) -> Set<FoldedText> {
        var words: Set<FoldedText> = []
        for text in texts {
            let spelled = text.precomposedStringWithCompatibilityMapping
            let pieces = spelled.split { !$0.isLetter && !$0.isNumber } + spelled.split { !$0.isLetter }
            words.formUnion(pieces.map { FoldedText($0) }.filter { (3...64).contains($0.count) })
        }
        return words
    }

    /// The shortest beginning that, repeated, makes up the whole; the whole itself when there is none.
    var unit: FoldedText {
        for length in 1..<max(1, count / 2 + 1)
        where (length..<count).allSatisfy({ scalars[$0] == scalars[$0 - length] }) {
            return FoldedText(scalars.prefix(length))
        }
        return self
    }

    /// Without what is not a letter at either end, where people put the figure and sign they were once asked for.
    var core: FoldedText {
        let isOther = { (scalar: Unicode.Scalar) in !scalar.properties.isAlphabetic }
        return FoldedText(scalars.drop(while: isOther).reversed().drop(while: isOther).reversed())
    }

    private static func separates(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "._-+,;:/|".unicodeScalars.contains(scalar)
    }
}

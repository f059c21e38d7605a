/// Tells letters that a machine drew by lot from those that somebody chose, in base64url, base64 and hexadecimal,
/// percent-encoded or not.
package enum SecretLikeness {
    /// Every such run replaced.
    static func concealing(_ text: String) -> String {
        guard text.utf8.count >= fewest else { return text }
        return concealing(text) { _ in true }
    }

    /// Only what needs the alphabet of base64 with `+`, `/` and `=`: for texts in which digests and key ids of this
    /// server's own, which are base64url, are to stay.
    package static func concealingBase64(_ text: String) -> String {
        let bytes = text.utf8
        guard bytes.count >= fewest, bytes.contains(where: isOfBase64Alone) else { return text }
        return concealing(text) { $0.contains(where: \.isOfBase64Alone) }
    }

    private static let fewest = 24

    /// `+`, `/`, `=`, or the beginning of one of them percent-encoded.
    private static func isOfBase64Alone(_ byte: UInt8) -> Bool {
        byte == 0x2B || byte == 0x2F || byte == 0x3D || byte == 0x25
    }

    private static func concealing(_ text: String, where isMeant: (ArraySlice<TokenLetter>) -> Bool) -> String {
        var output = ""
        var run: [TokenLetter] = []
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.first {
            if let letter = TokenLetter(&rest) {
                run.append(letter)
            } else {
                output += shown(run[...], isMeant)
                run = []
                output.unicodeScalars.append(scalar)
                rest.removeFirst()
            }
        }
        return output + shown(run[...], isMeant)
    }

    /// What people chose around a secret, such as the path that leads to it, stays; a secret with slashes goes whole.
    private static func shown(
        _ run: ArraySlice<TokenLetter>, _ isMeant: (ArraySlice<TokenLetter>) -> Bool
    ) -> String {
        let segments = run.split(omittingEmptySubsequences: false) { $0.kind == .slash }
        guard let first = segments.firstIndex(where: { !isChosen($0) }),
            let last = segments.lastIndex(where: { !isChosen($0) })
        else { return text(run) }
        let middle = run[segments[first].startIndex..<segments[last].endIndex]
        if isDrawn(middle), isMeant(middle) {
            return text(run[..<middle.startIndex]) + ShownText.mark + text(run[middle.endIndex...])
        }
        return segments.map { segment in
            let slash = run[segment.endIndex...].first?.text ?? ""
            return (isDrawn(segment) && isMeant(segment) ? ShownText.mark : text(segment)) + slash
        }.joined()
    }

    private static func text(_ run: ArraySlice<TokenLetter>) -> String { run.map(\.text).joined() }

    /// A piece of a path that reads like a word, a number or a name.
    private static func isChosen(_ segment: ArraySlice<TokenLetter>) -> Bool {
        let hasCapital = segment.contains { $0.kind == .capital }
        let hasSmall = segment.contains { $0.kind == .small }
        guard segment.count < fewest || !isDrawn(segment) else { return false }
        return !hasCapital || !hasSmall || 2 * lettersInWords(segment) >= segment.count
    }

    /// Long, and of figures and both cases, or of hexadecimal figures alone. A UUID is neither, and the public
    /// identifiers made here (22 letters) are too short.
    ///
    /// With slashes or plus signs it may as well be a path or a text. Chance makes about one letter in seven part of
    /// three small ones in a row, people make most; and it makes few slashes, one in 64.
    private static func isDrawn(_ run: ArraySlice<TokenLetter>) -> Bool {
        let slashes = run.count { $0.kind == .slash }
        let count = run.count - slashes
        guard count >= fewest else { return false }
        let hasFigure = run.contains { $0.kind == .figure }
        let hasSmall = run.contains { $0.kind == .small }
        let hasCapital = run.contains { $0.kind == .capital }
        if hasFigure, hasSmall, hasCapital {
            guard slashes > 0 || run.contains(where: { $0.kind == .plus }) else { return true }
            return slashes <= 2 + count / fewest && 5 * lettersInWords(run) < 2 * count
        }
        return run.allSatisfy(\.isHexadecimal) && hasFigure && count >= 32
    }

    /// How many stand in a row of at least three small letters.
    private static func lettersInWords(_ run: ArraySlice<TokenLetter>) -> Int {
        var sum = 0
        var row = 0
        for letter in run {
            if letter.kind == .small {
                row += 1
                sum += row < 3 ? 0 : row == 3 ? 3 : 1
            } else {
                row = 0
            }
        }
        return sum
    }
}

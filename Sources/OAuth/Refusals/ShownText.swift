/// A value fit to be kept and shown to an operator: it cannot act on a terminal (CF4), cannot fill a disk, and
/// what strangers sent is shown without what looks like a secret (CF3): whoever pastes a secret into the wrong
/// parameter must not find it in a database in clear. Nothing becomes one without saying whose text it is.
package struct ShownText: Sendable, Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// Characters of a value that somebody sent.
    package static let longest = 300
    /// And of words of our own, which may hold two registered addresses.
    private static let longestKnown = 900
    package static let mark = "[concealed]"

    package let text: String

    /// Once more after escaping, which makes text longer.
    private init(cutting text: String, at length: Int, isCut: Bool) {
        let (kept, isCutAgain) = Self.cut(text, at: length)
        self.text = kept + (isCut || isCutAgain ? "…" : "")
    }

    /// Words of this program.
    package init(stringLiteral words: String) { self = .known(words) }

    /// What this server has made, registered or checked itself.
    package static func known(_ text: String) -> Self {
        let (kept, isCut) = cut(text, at: longestKnown)
        return Self(cutting: PlainText.escaped(kept), at: longestKnown, isCut: isCut)
    }

    /// What was made fit before and comes back from where it was kept.
    static func kept(_ text: String) -> Self {
        let isCut = text.hasSuffix("…")
        return Self(
            cutting: PlainText.escaped(isCut ? String(text.dropLast()) : text), at: longestKnown, isCut: isCut)
    }

    /// What somebody sent.
    package static func sent(_ text: String?) -> Self {
        guard let text else { return "nothing" }
        // Cut first: nothing costs more than what is kept. A token cut in two is still told by its length.
        let (kept, isCut) = cut(text, at: longest)
        return Self(cutting: PlainText.escaped(SecretLikeness.concealing(kept)), at: longest, isCut: isCut)
    }

    /// A name that resembles none that is known: a secret, perhaps, in the wrong field. Its first letters tell an
    /// operator whose it is.
    package static func sentName(_ text: String?) -> Self {
        guard let text, !text.isEmpty else { return sent(text) }
        let count = text.unicodeScalars.count
        guard count <= 4 else { return Self.known("\(cut(text, at: 4).kept)… (\(count) characters)") }
        return .known("a name of \(count) characters")
    }

    /// An address somebody sent that is not registered: the values of its query, its fragment and its user
    /// information may be anybody's secrets.
    package static func sentAddress(_ uri: String) -> Self {
        var text = cut(uri, at: 2 * longest).kept
        if let hash = text.firstIndex(of: "#") { text = text[..<hash] + "#…" }
        if let slashes = text.firstRange(of: "//") {
            let authority = text[slashes.upperBound...].prefix { !"/?#".contains($0) }
            if let at = authority.lastIndex(of: "@") { text.replaceSubrange(authority.startIndex..<at, with: "…") }
        }
        guard let question = text.firstIndex(of: "?") else { return sent(text) }
        let pairs = text[text.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
        let masked = pairs.map { $0.contains("=") ? $0.prefix { $0 != "=" } + "=…" : $0.isEmpty ? "" : "…" }
        return sent(text[...question] + masked.joined(separator: "&"))
    }

    package var description: String { text }

    private static func cut(_ text: String, at length: Int) -> (kept: String, isCut: Bool) {
        let rest = text.unicodeScalars.dropFirst(length)
        guard !rest.isEmpty else { return (text, false) }
        return (String(String.UnicodeScalarView(text.unicodeScalars.prefix(length))), true)
    }
}

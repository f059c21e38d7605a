import Cryptography
import OAuth

/// What a form has just done, said on the page that it leads to. A link that anybody makes must not say such things in our
/// name: only this server can write a mark, for one browser, and it is good for a minute.
extension FormGuard {
    /// Seconds.
    static let markLifetime: Int64 = 60

    /// - Parameter word: names a sentence of the catalogue; letters, `_` and `-`.
    func mark(_ word: String, for browser: OpaqueToken, at now: Instant) -> String {
        "\(word).\(now.seconds).\(seal(word, String(now.seconds), browser))"
    }

    /// The word of a mark; `nil` for whatever is none of this browser's, or is too old.
    func word(of mark: String?, for browser: OpaqueToken, at now: Instant) -> String? {
        guard let mark, mark.utf8.count <= 120 else { return nil }
        let parts = mark.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3,
            constantTimeEqual(Array(parts[2].utf8), Array(seal(parts[0], parts[1], browser).utf8)),
            // Ours from here on, so that it can be reckoned with.
            let time = Int64(parts[1]),
            (0..<Self.markLifetime).contains(now.seconds(since: Instant(seconds: time)))
        else { return nil }
        return parts[0]
    }

    private func seal(_ word: String, _ time: String, _ browser: OpaqueToken) -> String {
        let message = "done:\(word):\(time):\(browser.plaintext)"
        return Base64URL.encode(HMACSHA256.authenticate(Array(message.utf8), key: key))
    }
}

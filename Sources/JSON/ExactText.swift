extension StringProtocol {
    /// Whether two texts are the same bytes, which is what every identifier comparison in OAuth means (RFC 8259 §8.3,
    /// RFC 6749 §3.1.2.3, OIDC Core §5.7).
    ///
    /// Swift's `==` asks less: Unicode canonical equivalence, in which the Kelvin sign (U+212A) equals the letter K,
    /// so a foreign `iss` or `kid` could pass for ours.
    package func isExactly(_ other: some StringProtocol) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}

extension String {
    /// At most so many Unicode scalars from the front, for what is shown of a stranger's text.
    ///
    /// Not `prefix`: that counts characters, and one character may hold any number of combining marks.
    package func beginning(_ most: Int) -> String {
        guard utf8.count > most else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(most)))
    }
}

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
    /// The same for two strings. The generic one takes some eleven thousand instructions to compare two issuers.
    package func isExactly(_ other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }

    /// `nil` unless the bytes are UTF-8, as `String(validating:as:)` has it. That one decodes scalar by scalar; this one
    /// lets the library mend what is wrong at full speed, and refuses what had to be mended.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        var text = String(decoding: bytes, as: UTF8.self)
        let isUnchanged = text.withUTF8 { $0.count == bytes.count && $0.elementsEqual(bytes) }
        guard isUnchanged else { return nil }
        self = text
    }

    package init?(utf8 bytes: ArraySlice<UInt8>) {
        guard let text = bytes.withUnsafeBufferPointer({ String(utf8: $0) }) else { return nil }
        self = text
    }

    /// Whether U+0000 is in it.
    package var holdsNUL: Bool {
        var text = self
        return text.withUTF8 { $0.contains(0) }
    }

    /// At most so many Unicode scalars from the front, for what is shown of a stranger's text.
    ///
    /// Not `prefix`: that counts characters, and one character may hold any number of combining marks.
    package func beginning(_ most: Int) -> String {
        guard utf8.count > most else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(most)))
    }
}

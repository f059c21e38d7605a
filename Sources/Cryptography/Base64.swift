/// Standard base64 with padding, RFC 4648 §4: HTTP Basic credentials and PEM.
package enum Base64 {
    static let alphabet = Base64Alphabet(last: (UInt8(ascii: "+"), UInt8(ascii: "/")))

    package static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        alphabet.append(bytes, to: &output)
        while output.count % 4 != 0 { output.append(UInt8(ascii: "=")) }
        return String(decoding: output, as: UTF8.self)
    }

    /// Strict: whole groups of four, padded; no white space, no non-zero trailing bits.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var text = String(text)
        return text.withUTF8 { text in
            guard text.count % 4 == 0 else { return nil }
            let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
            return alphabet.decode(UnsafeBufferPointer(rebasing: text.dropLast(padding)))
        }
    }
}

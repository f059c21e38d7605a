/// base64url without padding, RFC 7515 §2 and Appendix C.
package enum Base64URL {
    static let alphabet = Base64Alphabet(last: (UInt8(ascii: "-"), UInt8(ascii: "_")))

    package static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        alphabet.append(bytes, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// For writers that build a token as bytes.
    package static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        alphabet.append(bytes, to: &output)
    }

    /// Strict: padding, white space, the standard alphabet and non-zero trailing bits are refused.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var text = String(text)
        return text.withUTF8 { alphabet.decode($0) }
    }
}

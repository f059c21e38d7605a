import Foundation

/// Text beyond ASCII in a header, RFC 2047 §2: UTF-8 in base64, in words of at most 75 characters.
enum EncodedWords {
    /// Whether a text can stand in a header as it is. What looks like an encoded word would be read as one.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
    }

    /// Words on lines of their own. None is cut within a character.
    static func encode(_ text: String) -> String {
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > most { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// 52 characters of base64, 12 around them, and the name of the header before the first.
    private static let most = 39
}

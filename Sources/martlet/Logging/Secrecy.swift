import OAuth
import Synchronization

/// Keeps secrets out of the log even where a caller forgot (CF3). Callers must not pass any; this is the
/// second wall.
enum Secrecy {
    static let mark = "[concealed]"

    private static let secretWords: Set<String> = [
        "password", "passwords", "passphrase", "secret", "secrets", "token", "tokens", "cookie", "cookies",
        "authorization", "code", "codes", "verifier", "assertion", "link", "credential", "credentials", "otp", "pin",
        "seed", "private", "master", "nonce", "ticket",
    ]

    /// Two words side by side that hold such a word and no secret.
    private static let harmless: Set<[String]> = [
        ["token", "type"], ["token", "kind"], ["token", "id"], ["link", "id"], ["code", "challenge"],
        ["error", "code"],
        ["status", "code"], ["exit", "code"], ["authorization", "step"], ["token", "endpoint"],
    ]

    /// Whether a field of this name may hold a secret: judged word by word, in `snake_case`, `kebab-case`,
    /// `dotted.names` and `camelCase`.
    static func isSecret(name: String) -> Bool {
        if let known = judged.withLock({ $0[name] }) { return known }
        let verdict = judge(name)
        judged.withLock { judged in
            // The names come from code and are few; the bound is for the day they are not.
            if judged.count < 512 { judged[name] = verdict }
        }
        return verdict
    }

    private static let judged = Mutex<[String: Bool]>([:])

    private static func judge(_ name: String) -> Bool {
        let words = words(of: name)
        return words.indices.contains { index in
            let isExcused = [index - 1, index].contains {
                harmless.contains(Array(words.dropFirst(max(0, $0)).prefix(2)))
            }
            return secretWords.contains(words[index]) && !isExcused
        }
    }

    private static func words(of name: String) -> [String] {
        var words: [String] = [""]
        var wasLower = false
        for scalar in name.unicodeScalars.prefix(200) {
            let isLetter = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            if !isLetter || (wasLower && scalar.properties.isUppercase) { words.append("") }
            if isLetter {
                words[words.count - 1].unicodeScalars.append(
                    contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
            wasLower = scalar.properties.isLowercase
        }
        return words.filter { !$0.isEmpty }
    }

    /// The text without what looks like one of this server's opaque tokens (`mat_` and 43 letters), like a
    /// signed token (`eyJ….….…`) or like a secret in base64. Base64url alone stays: digests and key ids are written so.
    static func concealing(_ text: String) -> String {
        SecretLikeness.concealingBase64(concealingTokens(text))
    }

    private static func concealingTokens(_ text: String) -> String {
        guard text.utf8.count >= 24, mayHoldToken(text) else { return text }
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if let end = endOfToken(in: bytes, from: place) {
                output += Array(mark.utf8)
                place = end
            } else {
                output.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Cheap and never wrong the dangerous way: the marks without which no token begins.
    private static func mayHoldToken(_ text: String) -> Bool {
        var last: (UInt8, UInt8, UInt8) = (0, 0, 0)
        for byte in text.utf8 {
            if byte == UInt8(ascii: "_"), last.0 == UInt8(ascii: "m") { return true }
            if byte == UInt8(ascii: "J"), last.1 == UInt8(ascii: "e"), last.2 == UInt8(ascii: "y") { return true }
            last = (last.1, last.2, byte)
        }
        return false
    }

    private static func endOfToken(in bytes: [UInt8], from start: Int) -> Int? {
        let rest = bytes[start...]
        if rest.starts(with: "eyJ".utf8) {
            let run = rest.prefix { isTokenByte($0) || $0 == UInt8(ascii: ".") }
            return run.count >= 16 && run.contains(UInt8(ascii: ".")) ? run.endIndex : nil
        }
        let isSmall = { (byte: UInt8) in (0x61...0x7A).contains(byte) }
        guard rest.count >= 47, rest.first == UInt8(ascii: "m"), isSmall(bytes[start + 1]), isSmall(bytes[start + 2]),
            bytes[start + 3] == UInt8(ascii: "_")
        else { return nil }
        let run = rest.dropFirst(4).prefix(while: isTokenByte)
        return run.count >= 43 ? run.endIndex : nil
    }

    /// A letter of base64url.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

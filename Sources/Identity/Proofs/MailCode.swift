import Cryptography
import OAuth

/// A code from a mail, to be typed in the browser that asked for it: eight of 31 signs that are not taken for one
/// another, 39.6 bits; as a second factor, six digits. What protects it is the count of tries, not its length alone (ML8).
package struct MailCode: Sendable, Equatable, CustomStringConvertible {
    package static let length = 8
    /// Without I, L, O, 0 and 1.
    private static let signs = Array("ABCDEFGHJKMNPQRSTUVWXYZ23456789".utf8)

    /// What every other service sends as a second factor, and phones offer to type (B109). Twenty bits: only where tries
    /// are counted apart from those of each code (MF4).
    package static let digitCount = 6
    private static let digits = Array("0123456789".utf8)

    private let signs: [UInt8]

    package init(from random: some RandomSource) throws {
        signs = try Self.draw(Self.length, of: Self.signs, from: random)
    }

    /// Of digits alone.
    package init(digitsFrom random: some RandomSource) throws {
        signs = try Self.draw(Self.digitCount, of: Self.digits, from: random)
    }

    private static func draw(_ count: Int, of alphabet: [UInt8], from random: some RandomSource) throws -> [UInt8] {
        var signs: [UInt8] = []
        // Every sign equally likely: bytes beyond the last whole round are drawn again.
        let limit = 256 - 256 % alphabet.count
        while signs.count < count {
            for byte in try random.bytes(16) where Int(byte) < limit && signs.count < count {
                signs.append(alphabet[Int(byte) % alphabet.count])
            }
        }
        return signs
    }

    /// As typed: small letters, spaces and dashes are fine. `nil` for what cannot be one.
    package init?(typed text: String) {
        guard text.utf8.count <= 64 else { return nil }
        let signs = text.utf8.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") }
            .map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        let isCode = signs.count == Self.length && signs.allSatisfy(Self.signs.contains)
        guard isCode || signs.count == Self.digitCount && signs.allSatisfy(Self.digits.contains) else { return nil }
        self.signs = signs
    }

    /// In two groups, for the eye; digits as they are typed.
    package var grouped: String {
        let text = String(decoding: signs, as: UTF8.self)
        return signs.count == Self.length ? "\(text.prefix(4))-\(text.suffix(4))" : text
    }

    package var description: String { "[redacted]" }

    /// What is stored: keyed, for so few bits could be tried out on a copy of the database; and bound to what it is for
    /// and the browser that asked, so that it is worth nothing anywhere else.
    func digest(for purpose: MailProof.Purpose, browser: TokenDigest, key: [UInt8]) -> TokenDigest {
        let text = Array("mail code \(purpose.rawValue) ".utf8) + browser.bytes + signs
        return TokenDigest(bytes: HMACSHA256.authenticate(text, key: key))
    }
}

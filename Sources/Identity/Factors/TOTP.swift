import Cryptography
import OAuth

/// Codes of an authenticator app: RFC 6238 with SHA-1, steps of 30 seconds and six digits, which is what all of them can
/// do (B108).
package enum TOTP {
    /// Seconds.
    package static let period: Int64 = 30
    package static let digits = 6
    /// 160 bits (RFC 4226 §4 R6; MF1).
    package static let seedByteCount = 20
    /// Steps that a phone's clock may be off, either way (RFC 6238 §5.2).
    package static let drift: Int64 = 1

    /// What a code that was typed is.
    package enum Verdict: Sendable, Equatable {
        case right(step: Int64)
        /// Of a step that was accepted before, or of an earlier one (MF2).
        case used
        case wrong
    }

    package static func step(at now: Instant) -> Int64 { now.seconds / period }

    /// RFC 4226 §5.3.
    /// - Parameter digits: 6 to 9.
    package static func code(of seed: [UInt8], step: Int64, digits: Int = digits) throws -> String {
        let counter = UInt64(bitPattern: step)
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> UInt64(56 - 8 * $0)) }
        let digest = try HMACSHA1.authenticate(message, key: seed)
        // Four bytes from where the last one's lower half points to: within the twenty always.
        let offset = Int((digest.last ?? 0) & 0x0F)
        let word = digest.dropFirst(offset).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let count = min(max(digits, 6), 9)
        let text = String(word % (0..<count).reduce(UInt32(1)) { product, _ in product * 10 })
        return String(repeating: "0", count: count - text.utf8.count) + text
    }

    /// Every step of the window is computed and compared, whatever was typed: how long it takes tells nothing.
    ///
    /// - Parameter typed: spaces and hyphens between the digits are fine.
    package static func check(
        _ typed: String, seed: [UInt8], after lastStep: Int64, at now: Instant, digits: Int = digits
    ) throws -> Verdict {
        let signs = typed.utf8.count <= 64 ? Array(typed.utf8) : []
        let text = signs.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") }
        let current = step(at: now)
        let matching = try (-drift...drift).map { current + $0 }.filter { step in
            constantTimeEqual(text, Array(try code(of: seed, step: step, digits: digits).utf8))
        }
        guard !matching.isEmpty else { return .wrong }
        return matching.first { $0 > lastStep }.map { .right(step: $0) } ?? .used
    }
}

import Foundation
import OAuth
import Testing

/// An authenticator app on a phone (RFC 6238 with SHA-1, 30 seconds, six digits): all it has is the key that a page showed.
/// Its arithmetic is its own, so that a mistake of the server's is not repeated here.
struct PhoneApp: Sendable {
    let seed: [UInt8]

    /// By the key as it is typed.
    init(key: String) throws {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bits, count, bytes): (UInt32, Int, [UInt8]) = (0, 0, [])
        for character in key where character != " " {
            bits = bits << 5 | UInt32(try #require(alphabet.firstIndex(of: character)))
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            bits &= (1 << UInt32(count)) - 1
        }
        seed = bytes
    }

    /// By the page that sets it up.
    init(on page: TestPage) throws {
        let key = try #require(page.text.firstMatch(of: /<code id="key"[^>]*>([A-Z2-7 ]+)<\/code>/))
        try self.init(key: String(key.1))
    }

    func code(at now: Instant) -> String {
        let step = UInt64(now.seconds / 30)
        let digest = Self.hmac((0..<8).map { UInt8(truncatingIfNeeded: step >> UInt64(56 - 8 * $0)) }, key: seed)
        let offset = Int((digest.last ?? 0) & 15)
        let word = digest[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(word % 1_000_000)
        return String(repeating: "0", count: 6 - text.count) + text
    }

    /// One that it does not show now, nor a little earlier or later.
    func wrong(at now: Instant) -> String {
        let near = Set((-3...3).map { code(at: now + $0 * 30) })
        return ["000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777"]
            .first { !near.contains($0) } ?? "888888"
    }

    /// RFC 2104, for keys of at most a block.
    private static func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        let padded = key + Array(repeating: 0, count: 64 - key.count)
        return sha1(padded.map { $0 ^ 0x5C } + sha1(padded.map { $0 ^ 0x36 } + message))
    }

    /// FIPS 180-4 §6.1.
    private static func sha1(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let length = UInt64(message.count) * 8
        padded += (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(56 - 8 * $0)) }
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
        for start in stride(from: 0, to: padded.count, by: 64) {
            var words = (0..<16).map { index in
                padded[(start + index * 4)..<(start + index * 4 + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            }
            for index in 16..<80 {
                words.append(
                    rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
            }
            var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
            for index in 0..<80 {
                let (mixed, constant): (UInt32, UInt32) =
                    switch index {
                    case ..<20: (b & c | ~b & d, 0x5A82_7999)
                    case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                    case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                    default: (b ^ c ^ d, 0xCA62_C1D6)
                    }
                let next = rotated(a, 5) &+ mixed &+ e &+ constant &+ words[index]
                (e, d, c, b, a) = (d, c, rotated(b, 30), a, next)
            }
            for (index, word) in [a, b, c, d, e].enumerated() { state[index] &+= word }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
    }
}

@Suite("The authenticator app of the tests")
struct PhoneAppTests {
    @Test(
        "It counts as RFC 6238, appendix B, does",
        arguments: [
            (Int64(59), "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ])
    func vectors(time: Int64, code: String) throws {
        let app = try PhoneApp(key: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
        #expect(app.seed == Array("12345678901234567890".utf8))
        #expect(app.code(at: Instant(seconds: time)) == code)
    }
}

import Cryptography
import OAuth
import Synchronization
import Testing

@Suite("Opaque tokens: 256 bits, one spelling, a name space for each kind (TK6, TK21, JW4)")
struct OpaqueTokenTests {
    static let kinds: [OpaqueTokenKind] = [
        .authorizationCode, .accessToken, .refreshToken, .clientSecret, .session, .browser, .pendingAuthorization,
        .setupLink,
    ]

    @Test("AZ9: a token carries 32 random bytes and is read back as itself", arguments: kinds)
    func reading(_ kind: OpaqueTokenKind) throws {
        let token = try OpaqueToken(kind, from: SystemRandom())
        #expect(token.plaintext.utf8.count == 47)
        #expect(OpaqueToken(kind, presented: token.plaintext)?.digest == token.digest)
        #expect(try OpaqueToken(kind, from: SystemRandom()).plaintext != token.plaintext)
    }

    @Test("JW4: no kind passes for another", arguments: kinds)
    func nameSpaces(_ kind: OpaqueTokenKind) throws {
        let token = try OpaqueToken(kind, from: SystemRandom())
        for other in Self.kinds where other != kind {
            #expect(OpaqueToken(other, presented: token.plaintext) == nil)
            let moved = other.rawValue + token.plaintext.dropFirst(4)
            #expect(OpaqueToken(other, presented: moved)?.digest != token.digest)
        }
    }

    @Test("TK21: cut, lengthened, re-cased or re-encoded, a token is none")
    func spelling() throws {
        let text = "mrt_" + Base64URL.encode([0xFB, 0xE0] + Array(0..<30))
        #expect(OpaqueToken(.refreshToken, presented: text) != nil)
        let spoiled = [
            "", "mrt_", String(text.dropLast()), text + "A", text + "=", text + " ", " " + text, text + "\u{0}",
            "MRT_" + text.dropFirst(4), String(text.dropFirst(4)), text.replacing("-", with: "+"),
            // Trailing bits that are not zero would be a second spelling of the same bytes.
            String(text.dropLast()) + "t", String(text.dropLast()) + "\u{212A}",
            "mrt_" + String(repeating: "é", count: 43),
        ]
        for other in spoiled { #expect(OpaqueToken(.refreshToken, presented: other) == nil, "\(other)") }
        let recased = OpaqueToken(.refreshToken, presented: "mrt_" + text.dropFirst(4).lowercased())
        #expect(recased?.digest != OpaqueToken(.refreshToken, presented: text)?.digest)
    }

    @Test("TK6: what is stored is a digest, and printing shows nothing")
    func digest() throws {
        let token = try OpaqueToken(.refreshToken, from: SystemRandom())
        #expect(token.digest.bytes == SHA256.digest(Array(token.plaintext.utf8)))
        #expect("\(token)" == "[redacted]")
    }

    @Test("Identifiers are 128 random bits")
    func identifiers() throws {
        let made = try (0..<1000).map { _ in try Identifier.make(from: SystemRandom()) }
        #expect(Set(made).count == 1000)
        #expect(made.allSatisfy { Base64URL.decode($0)?.count == 16 })
    }

    @Test("An identifier never begins with a sign: no command takes it for an option")
    func plainBeginnings() throws {
        for first in UInt8.min...UInt8.max {
            let random = ScriptedRandom([first, 0])
            let made = try Identifier.make(from: random)
            let isPlain = first >> 2 < 62
            #expect(made.hasPrefix("-") == false && made.hasPrefix("_") == false, "\(first)")
            #expect(random.draws == (isPlain ? 1 : 2), "\(first)")
        }
    }

    @Test(
        "Bytes that are not random make no identifier, and no loop without end",
        arguments: [0xF8, 0xFB, 0xFC, 0xFF] as [UInt8])
    func brokenChance(byte: UInt8) {
        #expect(throws: CryptographyError.self) { try Identifier.make(from: ScriptedRandom([byte])) }
    }
}

/// Each draw is of one byte alone: the next that is given, at last always the same.
private final class ScriptedRandom: RandomSource {
    private let given: [UInt8]
    private let drawn = Mutex(0)

    init(_ given: [UInt8]) { self.given = given }

    var draws: Int { drawn.withLock { $0 } }

    func bytes(_ count: Int) throws -> [UInt8] {
        let number = drawn.withLock { drawn in
            defer { drawn += 1 }
            return drawn
        }
        return Array(repeating: given[min(number, given.count - 1)], count: count)
    }
}

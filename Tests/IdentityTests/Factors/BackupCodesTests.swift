import Cryptography
import OAuth
import Testing

@testable import Identity

@Suite("B110, MF3: backup codes")
struct BackupCodesTests {
    private let codes = BackupCodes(key: Array(1...32), random: SystemRandom())

    @Test("Ten codes of 120 bits, in six groups of four, no two alike")
    func form() throws {
        let set = try codes.make(for: "ann")
        #expect(set.codes.count == 10)
        #expect(Set(set.codes).count == 10)
        #expect(Set(set.digests).count == 10)
        for code in set.codes {
            let groups = code.split(separator: "-")
            #expect(groups.count == 6)
            #expect(groups.allSatisfy { $0.count == 4 })
            #expect(Base32.decode(groups.joined())?.count == 15)
        }
    }

    @Test("Small letters, spaces, no hyphens, and digits for the letters they look like: the same code")
    func typed() throws {
        let set = try codes.make(for: "ann")
        for (code, digest) in zip(set.codes, set.digests) {
            #expect(codes.digest(typed: code, of: "ann") == digest)
            #expect(codes.digest(typed: code.lowercased(), of: "ann") == digest)
            #expect(codes.digest(typed: " " + code.filter { $0 != "-" } + " ", of: "ann") == digest)
            let misread = code.map { ["O": "0", "I": "1", "B": "8"][$0] ?? $0 }
            #expect(codes.digest(typed: String(misread), of: "ann") == digest)
        }
    }

    @Test("MF3: a code is worth nothing to anybody else, nor under another key")
    func bound() throws {
        let set = try codes.make(for: "ann")
        let code = try #require(set.codes.first)
        #expect(codes.digest(typed: code, of: "bob") != set.digests.first)
        let others = BackupCodes(key: Array(2...33), random: SystemRandom())
        #expect(others.digest(typed: code, of: "ann") != set.digests.first)
    }

    @Test(
        "What cannot be a code is none",
        arguments: [
            "", "AAAA", "AAAA-AAAA-AAAA-AAAA-AAAA-AAA", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAAA",
            "AAAA_AAAA_AAAA_AAAA_AAAA_AAAA",
            "AAAA-AAAA-AAAA-AAAA-AAAA-AAA9", "ÄAAA-AAAA-AAAA-AAAA-AAAA-AAAA", String(repeating: "-", count: 200),
        ])
    func refused(text: String) {
        #expect(codes.digest(typed: text, of: "ann") == nil)
    }
}

import Cryptography
import TestSupport
import Testing

@Suite("ECDSA signatures between DER and r ‖ s")
struct ECDSASignatureTests {
    private static func padded(_ bytes: [UInt8]) -> [UInt8] { [UInt8](repeating: 0, count: 32 - bytes.count) + bytes }

    @Test(
        "Short, long and high numbers are padded and stripped",
        arguments: [
            ("3006020101020102", [UInt8]([1]), [UInt8]([2])),
            ("30080202008002020081", [0x80], [0x81]),
            ("3006020100020100", [], []),
            ("3008020301000102017f", [1, 0, 1], [0x7F]),
        ]
    )
    func conversions(der: String, r: [UInt8], s: [UInt8]) throws {
        let der = try #require(Hex.decode(der))
        let signature = try #require(ECDSASignature(der: der))
        #expect(signature.raw == Self.padded(r) + Self.padded(s))
        #expect(try #require(ECDSASignature(raw: signature.raw)).der == der)
    }

    @Test(
        "What is not a sequence of two numbers of at most 32 bytes is refused",
        arguments: [
            "", "30", "3000", "3003020101", "300602010102010203", "300702010102010200", "3106020101020102",
            "3006020101030102",
            "3005020101020102", "3006020201020102", "3080020101020102", "30818602010102", "300602010102ff02",
        ]
    )
    func refusals(der: String) {
        #expect(ECDSASignature(der: Hex.decode(der) ?? []) == nil)
    }

    @Test("A number of 33 significant bytes is refused")
    func tooLong() {
        let number: [UInt8] = [0x02, 33] + [UInt8](repeating: 1, count: 33)
        #expect(ECDSASignature(der: [0x30, 38] + number + [0x02, 1, 1]) == nil)
    }

    @Test("r ‖ s has 64 bytes and no other length", arguments: [0, 1, 63, 65, 128])
    func rawLength(count: Int) {
        #expect(ECDSASignature(raw: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test("IN10 Mutated signatures never trap, and what is read can be written again")
    func mutations() {
        var dice = Dice(seed: 5)
        let der: [UInt8] = [0x30, 0x08, 0x02, 0x02, 0x00, 0x80, 0x02, 0x02, 0x00, 0x81]
        for _ in 0..<20_000 {
            guard let signature = ECDSASignature(der: dice.mutated(der)) else { continue }
            #expect(ECDSASignature(der: signature.der) == signature)
        }
    }
}

import Cryptography
import Testing

@Suite("Random bytes")
struct RandomSourceTests {
    @Test("CR4 A million random ids of 128 bits do not clash")
    func noClash() throws {
        let random = SystemRandom()
        var seen = Set<SIMD2<UInt64>>(minimumCapacity: 1_000_000)
        for _ in 0..<1_000 {
            let block = try random.bytes(16_000)
            block.withUnsafeBytes { block in
                for offset in stride(from: 0, to: block.count, by: 16) {
                    seen.insert(block.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self))
                }
            }
        }
        #expect(seen.count == 1_000_000)
    }

    @Test("As many bytes come as were asked for", arguments: [0, 1, 16, 32, 70_000])
    func count(count: Int) throws {
        #expect(try SystemRandom().bytes(count).count == count)
    }

    @Test("CR4 Bits are set about half of the time")
    func balance() throws {
        let bits = try SystemRandom().bytes(125_000).reduce(0) { $0 + $1.nonzeroBitCount }
        #expect((495_000...505_000).contains(bits))
    }

    @Test("A count that makes no sense is an error, not a trap", arguments: [-1, Int.min, Int.max])
    func impossible(count: Int) {
        #expect(throws: CryptographyError.self) { try SystemRandom().bytes(count) }
    }
}

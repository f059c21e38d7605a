import TestSupport
import Testing

@testable import WebAuthn

@Suite("IN10, RFC 8949: CBOR that strangers send")
struct CBORReaderTests {
    @Test(
        "RFC 8949 Appendix A: whole numbers",
        arguments: [
            ([0x00], 0), ([0x17], 23), ([0x18, 0x18], 24), ([0x19, 0x03, 0xE8], 1000),
            ([0x1A, 0x00, 0x0F, 0x42, 0x40], 1_000_000), ([0x20], -1), ([0x38, 0x63], -100),
            ([0x39, 0x03, 0xE7], -1000),
            ([0x3A, 0x00, 0x00, 0x03, 0xE7], -1000),
        ] as [([UInt8], Int64)])
    func integers(bytes: [UInt8], number: Int64) throws {
        #expect(try CBORReader.whole(bytes).integerValue == number)
    }

    @Test("RFC 8949 Appendix A: strings, lists, maps, and what nobody reads")
    func others() throws {
        #expect(try CBORReader.whole([0x40]) == .bytes([]))
        #expect(try CBORReader.whole([0x44, 1, 2, 3, 4]) == .bytes([1, 2, 3, 4]))
        #expect(try CBORReader.whole([0x60]) == .text(""))
        #expect(try CBORReader.whole([0x62, 0xC3, 0xBC]) == .text("ü"))
        #expect(try CBORReader.whole([0x83, 1, 2, 3]) == .array([.unsigned(1), .unsigned(2), .unsigned(3)]))
        #expect(try CBORReader.whole([0x80]) == .array([]))
        #expect(try CBORReader.whole([0xF5]) == .bool(true))
        for bytes: [UInt8] in [
            [0xF6], [0xF7], [0xF9, 0x3C, 0x00], [0xFA, 0, 0, 0, 0], [0xFB, 0, 0, 0, 0, 0, 0, 0, 0],
        ] {
            #expect(try CBORReader.whole(bytes) == .other)
        }
        let map = try CBORReader.whole([0xA2, 0x01, 0x02, 0x61, 0x61, 0x20]).mapValue
        #expect(map?[.integer(1)] == .unsigned(2))
        #expect(map?[.text("a")] == .negative(0))
        #expect(map?[.integer(2)] == nil)
    }

    @Test("The largest numbers are no integers of ours, and no crash")
    func largest() throws {
        let ones = [UInt8](repeating: 0xFF, count: 8)
        #expect(try CBORReader.whole([0x1B] + ones).integerValue == nil)
        #expect(try CBORReader.whole([0x3B] + ones).integerValue == nil)
        #expect(try CBORReader.whole([0x1B, 0x7F] + ones.dropFirst()).integerValue == .max)
        #expect(try CBORReader.whole([0x3B, 0x7F] + ones.dropFirst()).integerValue == .min)
    }

    @Test(
        "IN10 A count or a length that the text does not have is refused, up to 2^64 - 1",
        arguments: [2, 3, 4, 5] as [UInt8],
        [24, 0xFFFF, 0xFFFF_FFFF, 1 << 62, 1 << 63, (1 << 63) - 1, .max - 1, .max] as [UInt64])
    func hugeCounts(major: UInt8, count: UInt64) {
        for tail: [UInt8] in [[], [0x01], [0x01, 0x02]] { refused(CBORText.head(major, count) + tail) }
    }

    @Test(
        "Refused: nothing, trailing bytes, tags, unknown lengths, breaks, reserved heads, broken UTF-8",
        arguments: [
            [], [0x00, 0x00], [0xC0, 0x00], [0xD9, 0xD9, 0xF7, 0x00], [0x5F, 0x41, 0x00, 0xFF],
            [0x7F, 0x61, 0x61, 0xFF],
            [0x9F, 0x01, 0xFF], [0xBF, 0x01, 0x02, 0xFF], [0xFF], [0x1C], [0x1D], [0x1E], [0x1F], [0x3C], [0x5C],
            [0x7C],
            [0x9C], [0xBC], [0xFC], [0xE0], [0xF8, 0x18], [0x61, 0xFF], [0x62, 0xC3, 0x28], [0x63, 0xED, 0xA0, 0x80],
            [0x62, 0xC0, 0x80],
        ] as [[UInt8]])
    func refusals(bytes: [UInt8]) {
        refused(bytes)
    }

    @Test(
        "Refused: two members of one name, also when the number is written longer, and names that are neither number nor text",
        arguments: [
            [0xA2, 0x01, 0x00, 0x01, 0x00], [0xA2, 0x01, 0x00, 0x18, 0x01, 0x00],
            [0xA2, 0x61, 0x61, 0x00, 0x61, 0x61, 0x01],
            [0xA2, 0x20, 0x00, 0x38, 0x00, 0x00], [0xA1, 0x41, 0x61, 0x00], [0xA1, 0xF5, 0x00], [0xA1, 0xF6, 0x00],
            [0xA1, 0x80, 0x00], [0xA1, 0xA0, 0x00], [0xA1, 0xF9, 0x3C, 0x00, 0x00],
            [0xA1, 0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00],
        ] as [[UInt8]])
    func names(bytes: [UInt8]) {
        refused(bytes)
    }

    @Test("The Kelvin sign and the letter K are two names")
    func exactNames() throws {
        let map = CBORText.map([(CBORText.text("\u{212A}"), [0x01]), (CBORText.text("K"), [0x02])])
        #expect(try CBORReader.whole(map).mapValue?[.text("K")] == .unsigned(2))
    }

    @Test("Nesting is read to the eighth level and refused below it, however deep", arguments: [8, 9, 100, 60_000])
    func depth(levels: Int) throws {
        let lists = [UInt8](repeating: 0x81, count: levels - 1) + [0x00]
        let maps = Array(repeatElement([0xA1, 0x00] as [UInt8], count: min(levels - 1, 30_000)).joined()) + [0x00]
        if levels <= CBORReader.mostDepth {
            _ = try CBORReader.whole(lists)
            _ = try CBORReader.whole(maps)
        } else {
            refused(lists)
            refused(maps)
        }
    }

    @Test("64 KiB are read, one byte more is not")
    func size() throws {
        let most = CBORText.bytes([UInt8](repeating: 0, count: CBORReader.mostBytes - 3))
        #expect(most.count == CBORReader.mostBytes)
        _ = try CBORReader.whole(most)
        refused(CBORText.bytes([UInt8](repeating: 0, count: CBORReader.mostBytes - 2)))
    }

    @Test("Every beginning of a text is refused")
    func prefixes() throws {
        let whole = CBORText.map([
            (CBORText.integer(-70_000), CBORText.array([CBORText.text("ab"), CBORText.bytes([1, 2])])),
            (CBORText.text("name"), CBORText.map([(CBORText.integer(1), [0xF5])])),
            (CBORText.integer(9), [0xF9, 0, 0]),
        ])
        _ = try CBORReader.whole(whole)
        for count in 0..<whole.count { refused(Array(whole.prefix(count))) }
    }

    @Test("Whatever the bytes are, it ends without a crash")
    func noise() throws {
        var dice = Dice(seed: 0xCB02)
        let whole = CBORText.map([
            (CBORText.integer(1), CBORText.bytes([1, 2, 3])), (CBORText.text("x"), CBORText.array([[0x00], [0x20]])),
        ])
        for _ in 0..<20_000 {
            _ = try? CBORReader.whole(dice.mutated(whole))
            _ = try? CBORReader.whole(dice.bytes(Int.random(in: 0...40, using: &dice)))
        }
    }

    private func refused(_ bytes: [UInt8], _ place: SourceLocation = #_sourceLocation) {
        #expect(throws: WebAuthnFault.malformed, "\(bytes.prefix(40))", sourceLocation: place) {
            try CBORReader.whole(bytes)
        }
    }
}

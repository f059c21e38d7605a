import Cryptography
import TestSupport
import Testing

@Suite("Encodings: RFC 4648, RFC 7515 §2")
struct EncodingTests {
    @Test(
        "RFC 4648 §10: base64 both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func standard(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        let unpadded = encoded.filter { $0 != "=" }
        #expect(Base64URL.encode(Array(plain.utf8)) == unpadded)
        #expect(Base64URL.decode(unpadded) == Array(plain.utf8))
    }

    @Test("RFC 7515 C: the example that shows both foreign symbols gone")
    func appendixC() {
        #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
        #expect(Base64URL.decode("A-z_4ME") == [3, 236, 255, 224, 193])
    }

    @Test(
        "base64url refuses padding, white space, the standard alphabet, impossible lengths and trailing bits",
        arguments: [
            "Zg==", "Zm8=", "Z", "Zm9vZ", "Zm9v ", " Zm9v", "Zm\n9v", "Zm+v", "Zm/v", "Zh", "Zm9", "Zm9vYh", "Zm9v=",
            "é", "Zm\u{0}v", "====", "Zm9v\u{FF3A}",
        ]
    )
    func strictURL(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(
        "base64 refuses missing or misplaced padding, white space, the URL alphabet and trailing bits",
        arguments: [
            "Zg", "Zg=", "Zm8", "Z===", "====", "=", "Zg==Zg==", "Zm=v", "Zm9v\n", "Zm-v", "Zm_v", "Zh==", "Zm9=",
            "Z=g=",
        ]
    )
    func strictStandard(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("Hexadecimal is written in lower case and read in either")
    func hexadecimal() {
        #expect(Hex.encode([0x00, 0x9F, 0xA0, 0xFF]) == "009fa0ff")
        #expect(Hex.decode("009FA0ff") == [0x00, 0x9F, 0xA0, 0xFF])
        #expect(Hex.decode("")?.isEmpty == true)
    }

    @Test("Hexadecimal refuses odd lengths and foreign characters", arguments: ["0", "0g", "0x00", "00 ", "é", "０0"])
    func strictHexadecimal(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test("Every length of bytes comes back from every encoding")
    func roundTrips() {
        var dice = Dice(seed: 1)
        for count in 0..<200 {
            let bytes = dice.bytes(count)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
    }

    @Test("IN10, TK21: of mutated texts, what decodes is the one spelling of its bytes, and nothing traps")
    func oneSpelling() {
        var dice = Dice(seed: 2)
        for _ in 0..<20_000 {
            let text = String(decoding: dice.mutated(Array("eyJhbGciOiJFUzI1NiJ9_-+/==".utf8)), as: UTF8.self)
            if let bytes = Base64URL.decode(text) { #expect(Base64URL.encode(bytes) == text) }
            if let bytes = Base64.decode(text) { #expect(Base64.encode(bytes) == text) }
            if let bytes = Hex.decode(text) { #expect(Hex.encode(bytes) == text.lowercased()) }
        }
    }
}

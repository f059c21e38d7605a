import Cryptography
import Testing

@Suite("RFC 4648 §6: base 32; RFC 2202: HMAC with SHA-1")
struct Base32Tests {
    @Test(
        "RFC 4648 §10: base 32 both ways, without padding",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ])
    func vectors(plain: String, encoded: String) {
        #expect(Base32.encode(Array(plain.utf8)) == encoded)
        #expect(Base32.decode(encoded) == Array(plain.utf8))
    }

    @Test("Every byte comes back, at every length", arguments: 0...40)
    func roundTrip(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ 251) }
        #expect(Base32.decode(Base32.encode(bytes)) == bytes)
    }

    @Test(
        "Small letters, padding, white space, foreign characters, impossible lengths and trailing bits are refused",
        arguments: [
            "my", "MY======", "M Y", " MY", "MY\n", "M0", "M1", "M8", "M9", "M", "MZX", "MZXW6Y", "MZ", "MZXR",
            "MZXW7", "É", "ＭＹ", "MY\u{0}", "====",
        ])
    func refused(text: String) {
        #expect(Base32.decode(text) == nil)
    }

    @Test(
        "RFC 2202 §3: HMAC with SHA-1 gives the published codes, for keys shorter and longer than a block",
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
                "b617318655057264e28bc0b6fb378c8ef146be00"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
            ),
            (
                [UInt8](repeating: 0xAA, count: 80),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "aa4ae5e15272d00e95705637ce8a3b55ed402112"
            ),
        ])
    func codes(key: [UInt8], message: [UInt8], code: String) throws {
        #expect(Hex.encode(try HMACSHA1.authenticate(message, key: key)) == code)
    }
}

import Cryptography
import Synchronization
import TestSupport
import Testing

@Suite("Sealing: AES-256-GCM")
struct SealingKeyTests {
    private let key: SealingKey
    private let random = SystemRandom()
    private let context = Array("signing_key 7".utf8)

    init() throws { key = try SealingKey(bytes: Array(1...32)) }

    @Test(
        "SP 800-38D: the published vectors for AES-256 open and are sealed again",
        arguments: [
            GCMVector(
                key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), associated: "",
                plaintext: "", sealed: "530f8afbc74536b9a963b4f1c4cb738b"
            ),
            GCMVector(
                key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), associated: "",
                plaintext: String(repeating: "00", count: 16),
                sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
            ),
            GCMVector(
                key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
                nonce: "cafebabefacedbaddecaf888", associated: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                    + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
                sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                    + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
            ),
        ]
    )
    func publishedVectors(vector: GCMVector) throws {
        let vector = try vector.decoded()
        let sealed = try AES256GCM.seal(
            vector.plaintext, key: vector.key, nonce: vector.nonce, associated: vector.associated)
        #expect(sealed == vector.sealed)
        let opened = try AES256GCM.open(
            vector.sealed, key: vector.key, nonce: vector.nonce, associated: vector.associated)
        #expect(opened == vector.plaintext)
    }

    @Test("What was sealed opens with the same key and context", arguments: [0, 1, 15, 16, 17, 5_000])
    func roundTrip(count: Int) throws {
        let plaintext = try random.bytes(count)
        let sealed = try key.seal(plaintext, context: context, random: random)
        #expect(sealed.count == 1 + 12 + count + 16)
        #expect(sealed.first == 1)
        #expect(try key.open(sealed, context: context) == plaintext)
    }

    @Test("CR3 A sealed value moved to another row does not open")
    func contextMismatch() throws {
        let sealed = try key.seal([1, 2, 3], context: context, random: random)
        for other in ["signing_key 8", "totp_seed 7", "", "signing_key 7 "] {
            #expect(throws: CryptographyError.self) { try key.open(sealed, context: Array(other.utf8)) }
        }
    }

    @Test("CR5 Another master key opens nothing")
    func otherKey() throws {
        let other = try SealingKey(bytes: Array(2...33))
        let sealed = try key.seal([1, 2, 3], context: context, random: random)
        #expect(throws: CryptographyError.self) { try other.open(sealed, context: context) }
    }

    @Test("CR3 Changing any bit, or cutting or adding any byte, makes it refuse")
    func alteration() throws {
        let sealed = try key.seal(Array("secret".utf8), context: context, random: random)
        for index in sealed.indices {
            for bit in 0..<8 {
                var altered = sealed
                altered[index] ^= 1 << UInt8(bit)
                #expect(throws: CryptographyError.self) { try key.open(altered, context: context) }
            }
            #expect(throws: CryptographyError.self) { try key.open(Array(sealed.prefix(index)), context: context) }
        }
        #expect(throws: CryptographyError.self) { try key.open(sealed + [0], context: context) }
    }

    @Test("IN10 Random bytes never open and never trap")
    func noise() {
        var dice = Dice(seed: 3)
        for count in 0..<2_000 {
            #expect(throws: CryptographyError.self) { try key.open([1] + dice.bytes(count % 80), context: context) }
        }
    }

    @Test("CR4 Every seal takes a nonce of its own, and no more")
    func freshNonces() throws {
        let counted = CountedRandom()
        let first = try key.seal([7], context: context, random: counted)
        let second = try key.seal([7], context: context, random: counted)
        #expect(first != second)
        #expect(counted.count == 24)
    }

    @Test("CR5 Keys of another length, and keys of one repeated byte, are refused", arguments: [0, 16, 31, 33, 64])
    func weakKeys(count: Int) {
        #expect(throws: CryptographyError.self) { try SealingKey(bytes: [UInt8](1...100).prefix(count).map { $0 }) }
        #expect(throws: CryptographyError.self) { try SealingKey(bytes: [UInt8](repeating: 0, count: 32)) }
    }

    @Test("Derived keys differ by label and by master key, and stay the same")
    func derivedKeys() throws {
        let other = try SealingKey(bytes: Array(2...33))
        #expect(key.derivedKey(label: "csrf").count == 32)
        #expect(key.derivedKey(label: "csrf") == key.derivedKey(label: "csrf"))
        #expect(key.derivedKey(label: "csrf") != key.derivedKey(label: "throttle"))
        #expect(key.derivedKey(label: "csrf") != other.derivedKey(label: "csrf"))
    }

    @Test("RFC 5869 §2.3: a derived key is one block of HKDF-Expand")
    func expansion() {
        let expected = HMACSHA256.authenticate(Array("martlet label: csrf".utf8) + [1], key: Array(1...32))
        #expect(key.derivedKey(label: "csrf") == expected)
    }

    @Test("A fingerprint tells master keys apart, and no label derives it")
    func fingerprint() throws {
        let other = try SealingKey(bytes: Array(2...33))
        #expect(key.fingerprint.count == 16)
        #expect(key.fingerprint == (try SealingKey(bytes: Array(1...32))).fingerprint)
        #expect(key.fingerprint != other.fingerprint)
        #expect(Hex.encode(Array(key.derivedKey(label: "fingerprint").prefix(8))) != key.fingerprint)
    }

    @Test("CR5 Printing a key in any way shows its fingerprint only")
    func redaction() {
        let expected = "SealingKey(\(key.fingerprint))"
        #expect("\(key)" == expected)
        #expect(String(reflecting: key) == expected)
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("master"))
    }
}

/// Counts what is drawn from it; its bytes count up too.
private final class CountedRandom: RandomSource {
    private let drawn = Mutex(0)

    var count: Int { drawn.withLock { $0 } }

    func bytes(_ count: Int) throws -> [UInt8] {
        drawn.withLock { drawn in
            defer { drawn += count }
            return (0..<count).map { UInt8(truncatingIfNeeded: drawn + $0) }
        }
    }
}

struct GCMVector: Sendable {
    let key, nonce, associated, plaintext, sealed: String

    func decoded() throws -> (key: [UInt8], nonce: [UInt8], associated: [UInt8], plaintext: [UInt8], sealed: [UInt8]) {
        (
            try #require(Hex.decode(key)), try #require(Hex.decode(nonce)), try #require(Hex.decode(associated)),
            try #require(Hex.decode(plaintext)), try #require(Hex.decode(sealed))
        )
    }
}

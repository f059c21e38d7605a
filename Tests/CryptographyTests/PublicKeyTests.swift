import Cryptography
import TestSupport
import Testing

@Suite("Public keys: JW11, RFC 8725 §3.4-3.5")
struct PublicKeyTests {
    @Test("The components of a key make the key again", arguments: [KeyType.rsa, .p256, .ed25519])
    func roundTrip(type: KeyType) throws {
        let key = try KeyFixtures.key(type).publicKey
        #expect(try PublicKey(key.components) == key)
        #expect(key.type == type)
    }

    @Test("RFC 7518 §6.3.1: zeros before an RSA number do not make another key")
    func leadingZeros() throws {
        let key = try KeyFixtures.key(.rsa).publicKey
        guard case .rsa(let modulus, let exponent) = key.components else { return }
        #expect(try PublicKey(.rsa(modulus: [0] + modulus, exponent: [0] + exponent)) == key)
    }

    @Test(
        "JW11 An RSA modulus below 2048 bits, above 8192, even or empty is refused", arguments: [0, 64, 128, 255, 1025])
    func modulusSize(byteCount: Int) {
        let modulus = [UInt8](repeating: 0xFF, count: byteCount)
        #expect(throws: CryptographyError.self) { try PublicKey(.rsa(modulus: modulus, exponent: [1, 0, 1])) }
        let even = [UInt8](repeating: 0xFF, count: 255) + [0xFE]
        #expect(throws: CryptographyError.self) { try PublicKey(.rsa(modulus: even, exponent: [1, 0, 1])) }
    }

    @Test("JW11 A modulus of 2047 bits in 256 bytes is refused, one of 2048 is not")
    func modulusBits() throws {
        let short = [0x7F] + [UInt8](repeating: 0xFF, count: 255)
        let long = [0x80] + [UInt8](repeating: 0xFF, count: 255)
        #expect(throws: CryptographyError.self) { try PublicKey(.rsa(modulus: short, exponent: [1, 0, 1])) }
        #expect(try PublicKey(.rsa(modulus: long, exponent: [1, 0, 1])).type == .rsa)
    }

    @Test(
        "JW11 RSA exponents that are small, even or huge are refused",
        arguments: [[], [0], [1], [3], [17], [1, 0, 0], [0xFF, 0xFF], [1, 0, 0, 0, 1]] as [[UInt8]]
    )
    func exponents(exponent: [UInt8]) throws {
        guard case .rsa(let modulus, _) = try KeyFixtures.key(.rsa).publicKey.components else { return }
        #expect(throws: CryptographyError.self) { try PublicKey(.rsa(modulus: modulus, exponent: exponent)) }
    }

    @Test("JW11 A point that is not on P-256 is refused")
    func offCurve() throws {
        guard case .p256(let x, let y) = try KeyFixtures.key(.p256).publicKey.components else { return }
        var wrong = y
        wrong[31] ^= 1
        let zero = [UInt8](repeating: 0, count: 32)
        let high = [UInt8](repeating: 0xFF, count: 32)
        for (x, y) in [(x, wrong), (y, x), (zero, zero), (high, high), (x, zero)] {
            #expect(throws: CryptographyError.self) { try PublicKey(.p256(x: x, y: y)) }
        }
    }

    @Test("RFC 7518 §6.2.1.2: coordinates have 32 bytes, no more and no fewer", arguments: [0, 31, 33, 64])
    func coordinateLength(count: Int) throws {
        guard case .p256(let x, let y) = try KeyFixtures.key(.p256).publicKey.components else { return }
        let other = Array((x + y + x).prefix(count))
        #expect(throws: CryptographyError.self) { try PublicKey(.p256(x: other, y: y)) }
        #expect(throws: CryptographyError.self) { try PublicKey(.p256(x: x, y: other)) }
    }

    @Test("JW11 Ed25519 points of small order, off the curve or of another length are refused")
    func edwardsPoints() throws {
        let zero = [UInt8](repeating: 0, count: 32)
        let identity: [UInt8] = [1] + zero.dropLast()
        let order8 = try #require(Hex.decode("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
        let notCanonical = [UInt8](repeating: 0xFF, count: 32)
        let offCurve: [UInt8] = [2] + zero.dropLast()
        for point in [[], zero, identity, order8, notCanonical, offCurve, zero + [0]] {
            #expect(throws: CryptographyError.self) { try PublicKey(.ed25519(point)) }
        }
    }

    @Test("IN10 Random components never trap")
    func noise() {
        var dice = Dice(seed: 7)
        for round in 0..<3_000 {
            let count = round % 70
            _ = try? PublicKey(.p256(x: dice.bytes(32), y: dice.bytes(32)))
            _ = try? PublicKey(.p256(x: dice.bytes(count), y: dice.bytes(32)))
            _ = try? PublicKey(.ed25519(dice.bytes(count)))
            _ = try? PublicKey(.ed25519(dice.bytes(32)))
            _ = try? PublicKey(.rsa(modulus: dice.bytes(256 + count), exponent: dice.bytes(count % 6)))
        }
    }

    @Test("IN10 A modulus that is no product of primes verifies nothing and traps nowhere")
    func nonsenseModulus() throws {
        var dice = Dice(seed: 8)
        for _ in 0..<50 {
            let modulus = [0xC1] + dice.bytes(254) + [0x01]
            let key = try PublicKey(.rsa(modulus: modulus, exponent: [1, 0, 1]))
            let signature = [0x40] + dice.bytes(255)
            #expect(!key.isValid(signature: signature, for: KeyFixtures.message, algorithm: .rs256))
            #expect(!key.isValid(signature: signature, for: KeyFixtures.message, algorithm: .ps256))
        }
    }
}

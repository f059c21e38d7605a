import Cryptography
import TestSupport
import Testing

@Suite("Private keys: RFC 5958, RFC 7468")
struct PrivateKeyTests {
    @Test("A key written as DER or PEM is the same key when read", arguments: [KeyType.rsa, .p256, .ed25519])
    func roundTrip(type: KeyType) throws {
        let key = try KeyFixtures.key(type)
        #expect(key.type == type)
        for copy in [try PrivateKey(der: key.der()), try PrivateKey(pem: key.pem())] {
            #expect(copy.type == type)
            #expect(copy.publicKey == key.publicKey)
        }
        #expect(try key.pem().hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    }

    @Test("D5 A new RSA key has 3072 bits and the exponent 65537")
    func generatedRSA() throws {
        guard case .rsa(let modulus, let exponent) = try KeyFixtures.key(.rsa).publicKey.components else {
            Issue.record("not an RSA key")
            return
        }
        #expect(modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 8) == 3072)
        #expect(exponent == [1, 0, 1])
    }

    @Test("JW11 Two generated keys are never the same", arguments: [KeyType.p256, .ed25519])
    func generatedAnew(type: KeyType) throws {
        #expect(try PrivateKey.generate(type).publicKey != PrivateKey.generate(type).publicKey)
    }

    @Test(
        "PKCS#8 and the traditional PEM forms are read, line ends of either kind",
        arguments: [
            (PEMFixtures.rsaTraditional, KeyType.rsa), (PEMFixtures.p256PKCS8, .p256),
            (PEMFixtures.p256Traditional, .p256), (PEMFixtures.ed25519, .ed25519),
        ]
    )
    func accepted(pem: String, type: KeyType) throws {
        let key = try PrivateKey(pem: pem)
        #expect(key.type == type)
        #expect(try PrivateKey(pem: pem.replacing("\n", with: "\r\n")).publicKey == key.publicKey)
        #expect(try PrivateKey(pem: "a comment\n" + pem).publicKey == key.publicKey)
    }

    @Test("The two PEM forms of one key give one key")
    func sameKey() throws {
        let (modern, traditional) = (PEMFixtures.p256PKCS8, PEMFixtures.p256Traditional)
        #expect(try PrivateKey(pem: modern).publicKey == PrivateKey(pem: traditional).publicKey)
    }

    @Test(
        "JW11 Weak keys, foreign types and unusable files are refused, and the text says why",
        arguments: [
            (PEMFixtures.rsa512, "has 512"),
            (PEMFixtures.rsa1024, "has 1024"),
            (PEMFixtures.rsaExponent3, "exponent"),
            (PEMFixtures.rsaPSSOnly, "must be an RSA"),
            (PEMFixtures.p384, "must be on P-256"),
            (PEMFixtures.secp256k1, "must be on P-256"),
            (PEMFixtures.x25519, "must be an RSA"),
            (PEMFixtures.encrypted, "without a passphrase"),
            (PEMFixtures.publicOnly, "private key is needed"),
            (PEMFixtures.mismatched, "public half"),
            ("", "empty"),
            ("secret", "not PEM"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "read PEM key"),
            ("-----BEGIN PRIVATE KEY-----", "read PEM key"),
            (String(repeating: "x", count: 70_000), "too long"),
        ]
    )
    func refused(pem: String, reason: String) throws {
        let error = try #require(throws: CryptographyError.self) { try PrivateKey(pem: pem) }
        #expect(error.description.contains(reason))
    }

    @Test("DER with anything behind the key, or cut off, is refused")
    func exactDER() throws {
        let der = try KeyFixtures.key(.p256).der()
        #expect(throws: CryptographyError.self) { try PrivateKey(der: der + [0]) }
        for count in 0..<der.count {
            #expect(throws: CryptographyError.self) { try PrivateKey(der: Array(der.prefix(count))) }
        }
    }

    @Test("CR5 Printing a private key shows its type only")
    func redaction() throws {
        #expect("\(try KeyFixtures.key(.ed25519))" == "PrivateKey(ed25519)")
    }

    @Test("IN10 Mutated keys never trap, and none that is read signs what its public half refuses")
    func mutations() throws {
        var dice = Dice(seed: 6)
        for type in [KeyType.p256, .ed25519] {
            let der = try KeyFixtures.key(type).der()
            for _ in 0..<3_000 {
                guard let key = try? PrivateKey(der: dice.mutated(der)) else { continue }
                let algorithm = try #require(SignatureAlgorithm.allCases.first { $0.keyType == key.type })
                let signature = try key.signature(of: KeyFixtures.message, algorithm: algorithm)
                #expect(key.publicKey.isValid(signature: signature, for: KeyFixtures.message, algorithm: algorithm))
            }
        }
        let pem = Array(PEMFixtures.p256Traditional.utf8)
        for _ in 0..<3_000 {
            _ = try? PrivateKey(pem: String(decoding: dice.mutated(pem), as: UTF8.self))
        }
    }
}

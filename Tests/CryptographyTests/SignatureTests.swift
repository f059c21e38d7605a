import Cryptography
import TestSupport
import Testing

@Suite("Signatures: RFC 7518 §3, RFC 8032")
struct SignatureTests {
    private let message = KeyFixtures.message

    @Test("What a key signs, its public half verifies", arguments: SignatureAlgorithm.allCases)
    func roundTrip(algorithm: SignatureAlgorithm) throws {
        let key = try KeyFixtures.key(algorithm.keyType)
        for message in [message, [], [UInt8](repeating: 7, count: 100_000)] {
            let signature = try key.signature(of: message, algorithm: algorithm)
            #expect(key.publicKey.isValid(signature: signature, for: message, algorithm: algorithm))
        }
    }

    @Test(
        "Signatures have the length JOSE gives them",
        arguments: [(SignatureAlgorithm.rs256, 384), (.ps256, 384), (.es256, 64), (.edDSA, 64)]
    )
    func lengths(algorithm: SignatureAlgorithm, count: Int) throws {
        let key = try KeyFixtures.key(algorithm.keyType)
        #expect(try key.signature(of: message, algorithm: algorithm).count == count)
    }

    @Test(
        "JW1 A key neither signs nor verifies with an algorithm of another type", arguments: SignatureAlgorithm.allCases
    )
    func confusion(algorithm: SignatureAlgorithm) throws {
        let signature = try KeyFixtures.key(algorithm.keyType).signature(of: message, algorithm: algorithm)
        for type in [KeyType.rsa, .p256, .ed25519] where type != algorithm.keyType {
            let key = try KeyFixtures.key(type)
            #expect(throws: CryptographyError.self) { try key.signature(of: message, algorithm: algorithm) }
            #expect(!key.publicKey.isValid(signature: signature, for: message, algorithm: algorithm))
        }
    }

    @Test("JW1 PKCS#1 v1.5 and PSS signatures of one key do not pass for each other")
    func paddings() throws {
        let key = try KeyFixtures.key(.rsa)
        let v15 = try key.signature(of: message, algorithm: .rs256)
        let pss = try key.signature(of: message, algorithm: .ps256)
        #expect(!key.publicKey.isValid(signature: v15, for: message, algorithm: .ps256))
        #expect(!key.publicKey.isValid(signature: pss, for: message, algorithm: .rs256))
    }

    @Test(
        "JW3 A changed message, a changed bit, a cut or an added byte is refused",
        arguments: SignatureAlgorithm.allCases)
    func alteration(algorithm: SignatureAlgorithm) throws {
        let key = try KeyFixtures.key(algorithm.keyType)
        let signature = try key.signature(of: message, algorithm: algorithm)
        func accepts(_ signature: [UInt8]) -> Bool {
            key.publicKey.isValid(signature: signature, for: message, algorithm: algorithm)
        }
        #expect(!key.publicKey.isValid(signature: signature, for: message + [0], algorithm: algorithm))
        for index in signature.indices {
            var altered = signature
            altered[index] ^= 1 << UInt8(index % 8)
            #expect(!accepts(altered))
        }
        #expect(!accepts([]))
        #expect(!accepts(Array(signature.dropLast())))
        #expect(!accepts(signature + [0]))
        #expect(!accepts([0] + signature))
        #expect(!accepts([UInt8](repeating: 0, count: signature.count)))
        #expect(!accepts([UInt8](repeating: 0xFF, count: signature.count)))
    }

    @Test("RFC 7518 §3.4: an r or s that happens to be short is filled up to 32 bytes, and verifies")
    func shortNumbers() throws {
        let key = try KeyFixtures.key(.p256)
        var shortR = 0
        var shortS = 0
        for round in 0..<20_000 where shortR == 0 || shortS == 0 {
            let message = Array("\(round)".utf8)
            let signature = try key.signature(of: message, algorithm: .es256)
            #expect(signature.count == 64)
            guard signature[0] == 0 || signature[32] == 0 else { continue }
            shortR += signature[0] == 0 ? 1 : 0
            shortS += signature[32] == 0 ? 1 : 0
            #expect(key.publicKey.isValid(signature: signature, for: message, algorithm: .es256))
        }
        #expect(shortR > 0)
        #expect(shortS > 0)
    }

    @Test("ES256 takes r ‖ s only, never the DER form of the same signature")
    func derIsRefused() throws {
        let key = try KeyFixtures.key(.p256)
        let raw = try key.signature(of: message, algorithm: .es256)
        let der = try #require(ECDSASignature(raw: raw)).der
        #expect(!key.publicKey.isValid(signature: der, for: message, algorithm: .es256))
    }

    @Test("One key signs for many callers at once", arguments: SignatureAlgorithm.allCases)
    func concurrency(algorithm: SignatureAlgorithm) async throws {
        let key = try KeyFixtures.key(algorithm.keyType)
        let rounds = algorithm.keyType == .rsa ? 10 : 200
        let valid = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    try (0..<rounds).count { round in
                        let message = Array("\(worker) \(round)".utf8)
                        let signature = try key.signature(of: message, algorithm: algorithm)
                        return key.publicKey.isValid(signature: signature, for: message, algorithm: algorithm)
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(valid == 8 * rounds)
    }

    @Test("IN10 Random signatures of every length are refused without a trap", arguments: SignatureAlgorithm.allCases)
    func noise(algorithm: SignatureAlgorithm) throws {
        let key = try KeyFixtures.key(algorithm.keyType).publicKey
        var dice = Dice(seed: 4)
        for count in 0..<500 {
            #expect(!key.isValid(signature: dice.bytes(count), for: message, algorithm: algorithm))
        }
    }
}

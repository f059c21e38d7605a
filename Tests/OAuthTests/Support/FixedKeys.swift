import Cryptography
import JOSE
import OAuth

/// One key of each type for the whole process, because RSA keys are slow to make.
struct FixedKeys: KeyRingSource {
    private static let made = Result {
        try SignatureAlgorithm.allCases.map { algorithm in
            try SigningKey(privateKey: key(of: algorithm.keyType), algorithm: algorithm)
        }
    }
    private static let rsa = Result { try PrivateKey.generate(.rsa) }
    private static let p256 = Result { try PrivateKey.generate(.p256) }
    private static let ed25519 = Result { try PrivateKey.generate(.ed25519) }

    let keyRing: KeyRing

    init(_ algorithms: [SignatureAlgorithm] = SignatureAlgorithm.allCases) throws {
        let keys = try Self.made.get().filter { algorithms.contains($0.algorithm) }
        keyRing = KeyRing(signing: keys, published: [])
    }

    func newestKeyRing(at now: Instant) -> KeyRing { keyRing }

    static func key(of type: KeyType) throws -> PrivateKey {
        switch type {
        case .rsa: try rsa.get()
        case .p256: try p256.get()
        case .ed25519: try ed25519.get()
        }
    }
}

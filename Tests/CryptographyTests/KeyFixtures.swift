import Cryptography

/// One key of each type, made once: RSA keys take a while.
enum KeyFixtures {
    static let rsa = Result { try PrivateKey.generate(.rsa) }
    static let p256 = Result { try PrivateKey.generate(.p256) }
    static let ed25519 = Result { try PrivateKey.generate(.ed25519) }

    static func key(_ type: KeyType) throws -> PrivateKey {
        switch type {
        case .rsa: try rsa.get()
        case .p256: try p256.get()
        case .ed25519: try ed25519.get()
        }
    }

    static let message = Array("The martlet never lands.".utf8)
}

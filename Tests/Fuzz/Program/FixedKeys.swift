import Cryptography
import JOSE
import OAuth

/// The same keys in every run, so that an input that broke a rule once breaks it again. Anybody can make them.
struct FixedKeys: KeyRingSource {
    let edDSA: SigningKey
    let es256: SigningKey
    let keyRing: KeyRing

    init() throws {
        let scalar = [UInt8](repeating: 1, count: 32)
        // PKCS#8 around the 32 bytes, RFC 8410 §7 and RFC 5915.
        let edwards: [UInt8] = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]
        let curve: [UInt8] =
            [0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6, 8, 0x2A, 0x86, 0x48]
            + [0xCE, 0x3D, 3, 1, 7, 4, 0x27, 0x30, 0x25, 2, 1, 1, 4, 0x20]
        edDSA = try SigningKey(privateKey: PrivateKey(der: edwards + scalar), algorithm: .edDSA, keyID: "ed")
        es256 = try SigningKey(privateKey: PrivateKey(der: curve + scalar), algorithm: .es256, keyID: "es")
        keyRing = KeyRing(signing: [edDSA, es256], published: [])
    }

    func newestKeyRing(at now: Instant) -> KeyRing { keyRing }
}

import COpenSSL

/// A key that signs.
///
/// Holds the key inside OpenSSL; only `der()` and `pem()` let it out, to be sealed or written to a file.
package struct PrivateKey: Sendable {
    package let type: KeyType
    package let publicKey: PublicKey
    let handle: KeyHandle
    private let contexts: [SignatureAlgorithm: SigningContexts]

    init(_ handle: KeyHandle) throws {
        let type = try handle.type("private key")
        self.handle = handle
        self.type = type
        publicKey = try PublicKey(of: handle, type: type)
        let algorithms = SignatureAlgorithm.allCases.filter { $0.keyType == type }
        contexts = Dictionary(
            uniqueKeysWithValues: algorithms.map { ($0, SigningContexts(key: handle, algorithm: $0)) })
    }

    /// A new key: RSA of 3072 bits (128-bit strength, NIST SP 800-57), P-256, or Ed25519.
    package static func generate(_ type: KeyType) throws -> PrivateKey {
        let name =
            switch type {
            case .rsa: "RSA"
            case .p256: "EC"
            case .ed25519: "ED25519"
            }
        let context = EVP_PKEY_CTX_new_from_name(nil, name, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, prepare(context, for: type), EVP_PKEY_generate(context, &key) == 1,
            let key
        else { throw CryptographyError.openSSL("generate key") }
        return try PrivateKey(KeyHandle(owning: key))
    }

    private static func prepare(_ context: OpaquePointer?, for type: KeyType) -> Bool {
        switch type {
        case .rsa: EVP_PKEY_CTX_set_rsa_keygen_bits(context, 3072) == 1
        case .p256: EVP_PKEY_CTX_set_group_name(context, "prime256v1") == 1
        case .ed25519: true
        }
    }

    /// Signs; ES256 gives r ‖ s (RFC 7518 §3.4). An algorithm for another type of key is refused.
    package func signature(of message: [UInt8], algorithm: SignatureAlgorithm) throws -> [UInt8] {
        guard let contexts = contexts[algorithm] else {
            throw CryptographyError(operation: "sign", detail: "\(algorithm.rawValue) does not fit this type of key")
        }
        return try contexts.signature(of: message)
    }
}

extension PrivateKey: CustomStringConvertible {
    package var description: String { "PrivateKey(\(type))" }
}

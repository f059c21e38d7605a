import COpenSSL

/// OpenSSL state made ready for one key and one algorithm; between two signatures only the message changes.
protocol SigningContext: AnyObject, Sendable {
    func signature(of message: [UInt8]) throws -> [UInt8]
}

/// Signs a SHA-256 digest: RS256, PS256, ES256.
///
/// Unchecked because `SigningContexts` lends a context to one caller at a time.
final class DigestSigningContext: SigningContext, @unchecked Sendable {
    private let key: KeyHandle
    private let isECDSA: Bool
    private let digest: OpaquePointer?
    private let digestContext: OpaquePointer?
    private let keyContext: OpaquePointer?

    /// - Parameter padding: of RSA; `nil` for ECDSA.
    init(key: KeyHandle, padding: Int32?) throws {
        self.key = key
        isECDSA = padding == nil
        digest = EVP_MD_fetch(nil, "SHA256", nil)
        digestContext = EVP_MD_CTX_new()
        keyContext = EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil)
        try check(EVP_PKEY_sign_init(keyContext))
        if let padding {
            try check(RSAPadding.set(padding, on: keyContext) ? 1 : 0)
        }
        try check(EVP_PKEY_CTX_set_signature_md(keyContext, EVP_sha256()))
    }

    deinit {
        EVP_PKEY_CTX_free(keyContext)
        EVP_MD_CTX_free(digestContext)
        EVP_MD_free(digest)
    }

    func signature(of message: [UInt8]) throws -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: SHA256.byteCount)
        try check(EVP_DigestInit_ex2(digestContext, digest, nil))
        try check(EVP_DigestUpdate(digestContext, message, message.count))
        try check(EVP_DigestFinal_ex(digestContext, &hash, nil))
        var output = [UInt8](repeating: 0, count: key.signatureByteCount)
        var length = output.count
        try check(EVP_PKEY_sign(keyContext, &output, &length, hash, hash.count))
        output.removeLast(max(0, output.count - length))
        guard isECDSA else { return output }
        guard let signature = ECDSASignature(der: output) else { throw CryptographyError.openSSL("sign") }
        return signature.raw
    }
}

/// Signs the message itself: EdDSA, RFC 8032.
///
/// Unchecked because `SigningContexts` lends a context to one caller at a time.
final class EdwardsSigningContext: SigningContext, @unchecked Sendable {
    private let key: KeyHandle
    private let context: OpaquePointer?

    init(key: KeyHandle) throws {
        self.key = key
        context = EVP_MD_CTX_new()
        try check(EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key.pointer, nil))
    }

    deinit { EVP_MD_CTX_free(context) }

    func signature(of message: [UInt8]) throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 64)
        var length = output.count
        try check(EVP_DigestSign(context, &output, &length, message, message.count))
        guard length == output.count else { throw CryptographyError.openSSL("sign") }
        return output
    }
}

private func check(_ result: Int32) throws {
    guard result == 1 else { throw CryptographyError.openSSL("sign") }
}

import COpenSSL

/// AES-256 in Galois/Counter Mode, NIST SP 800-38D: 96-bit nonce, 128-bit tag.
///
/// The bare primitive. Rooms above seal with `SealingKey`, which chooses the nonce.
package enum AES256GCM {
    package static let keyByteCount = 32
    package static let nonceByteCount = 12
    package static let tagByteCount = 16

    /// The ciphertext followed by its tag.
    package static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8]) throws -> [UInt8]
    {
        let cipher = try CipherContext(key: key, nonce: nonce, encrypting: true, operation: "seal")
        try cipher.authenticate(associated)
        return try cipher.update(plaintext) + cipher.finishedTag()
    }

    /// The plaintext, and only once the tag has proved all of it.
    package static func open(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8]) throws -> [UInt8] {
        guard sealed.count >= tagByteCount else { throw CryptographyError(operation: "open", detail: "too short") }
        let cipher = try CipherContext(key: key, nonce: nonce, encrypting: false, operation: "open")
        try cipher.authenticate(associated)
        let plaintext = try cipher.update(Array(sealed.dropLast(tagByteCount)))
        try cipher.finish(expecting: Array(sealed.suffix(tagByteCount)))
        return plaintext
    }
}

/// One use of an `EVP_CIPHER_CTX`.
private final class CipherContext {
    private let context: OpaquePointer?
    private let operation: String

    init(key: [UInt8], nonce: [UInt8], encrypting: Bool, operation: String) throws {
        self.context = EVP_CIPHER_CTX_new()
        self.operation = operation
        guard key.count == AES256GCM.keyByteCount, nonce.count == AES256GCM.nonceByteCount else {
            throw CryptographyError(operation: operation, detail: "key or nonce of the wrong length")
        }
        try check(EVP_CipherInit_ex2(context, EVP_aes_256_gcm(), key, nonce, encrypting ? 1 : 0, nil))
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    func authenticate(_ associated: [UInt8]) throws {
        var written: Int32 = 0
        guard !associated.isEmpty else { return }
        try check(EVP_CipherUpdate(context, nil, &written, associated, length(of: associated)))
    }

    func update(_ input: [UInt8]) throws -> [UInt8] {
        guard !input.isEmpty else { return [] }
        var output = [UInt8](repeating: 0, count: input.count)
        var written: Int32 = 0
        try check(EVP_CipherUpdate(context, &output, &written, input, length(of: input)))
        guard Int(written) == output.count else { throw CryptographyError.openSSL(operation) }
        return output
    }

    func finishedTag() throws -> [UInt8] {
        try finish()
        var tag = [UInt8](repeating: 0, count: AES256GCM.tagByteCount)
        try check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag))
        return tag
    }

    func finish(expecting tag: [UInt8]) throws {
        var tag = tag
        try check(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag))
        do { try finish() } catch {
            throw CryptographyError(operation: operation, detail: "altered, or sealed with another key or context")
        }
    }

    private func finish() throws {
        var rest = [UInt8](repeating: 0, count: AES256GCM.tagByteCount)
        var written: Int32 = 0
        try check(EVP_CipherFinal_ex(context, &rest, &written))
    }

    private func length(of bytes: [UInt8]) throws -> Int32 {
        guard let length = Int32(exactly: bytes.count) else {
            throw CryptographyError(operation: operation, detail: "too long")
        }
        return length
    }

    private func check(_ result: Int32) throws {
        guard result == 1 else { throw CryptographyError.openSSL(operation) }
    }
}

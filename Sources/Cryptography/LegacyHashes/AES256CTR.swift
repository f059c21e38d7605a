import COpenSSL

/// AES-256 in counter mode, NIST SP 800-38A §6.5, as a mere stream: it keeps nothing secret from whoever alters it.
package enum AES256CTR {
    package static let keyByteCount = 32

    /// The first bytes of the stream that starts with a counter of zero.
    package static func stream(key: [UInt8], byteCount: Int) throws -> [UInt8] {
        guard key.count == keyByteCount, (1...1024).contains(byteCount) else {
            throw CryptographyError(operation: "AES-CTR", detail: "key or length out of range")
        }
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        let counter = [UInt8](repeating: 0, count: 16)
        var output = [UInt8](repeating: 0, count: byteCount)
        var written: Int32 = 0
        guard EVP_CipherInit_ex2(context, EVP_aes_256_ctr(), key, counter, 1, nil) == 1,
            EVP_CipherUpdate(
                context, &output, &written, [UInt8](repeating: 0, count: byteCount), Int32(byteCount)) == 1,
            Int(written) == byteCount
        else { throw CryptographyError.openSSL("AES-CTR") }
        return output
    }
}

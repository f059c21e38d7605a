import COpenSSL

/// Digests that passwords were once hashed with, and HMAC over them. Far too fast to keep a password with: what
/// they give is hashed again before it is stored.
package enum LegacyDigest: String, Sendable, CaseIterable {
    case md5
    case sha1
    case sha224
    case sha256
    case sha384
    case sha512

    package var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha224: 28
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    package func digest(_ bytes: [UInt8]) throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: byteCount)
        var written: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &output, &written, algorithm, nil) == 1, Int(written) == byteCount else {
            throw CryptographyError.openSSL(rawValue)
        }
        return output
    }

    /// RFC 2104.
    package func authenticate(_ bytes: [UInt8], key: [UInt8]) throws -> [UInt8] {
        guard let keyCount = Int32(exactly: key.count) else {
            throw CryptographyError(operation: rawValue, detail: "the key is too long")
        }
        var output = [UInt8](repeating: 0, count: byteCount)
        var written: UInt32 = 0
        guard HMAC(algorithm, key, keyCount, bytes, bytes.count, &output, &written) != nil, Int(written) == byteCount
        else { throw CryptographyError.openSSL(rawValue) }
        return output
    }

    var algorithm: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha224: EVP_sha224()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }
}

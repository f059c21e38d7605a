import COpenSSL

/// PBKDF2, RFC 8018 §5.2, with HMAC over a digest.
package enum PBKDF2 {
    package static func derive(
        from password: [UInt8], salt: [UInt8], iterations: Int, digest: LegacyDigest, byteCount: Int
    ) throws -> [UInt8] {
        guard let passwordCount = Int32(exactly: password.count), let saltCount = Int32(exactly: salt.count),
            let rounds = Int32(exactly: iterations), rounds > 0, (1...1024).contains(byteCount)
        else { throw CryptographyError(operation: "PBKDF2", detail: "parameters out of range") }
        var output = [UInt8](repeating: 0, count: byteCount)
        let result = PKCS5_PBKDF2_HMAC(
            password.map(CChar.init(bitPattern:)), passwordCount, salt, saltCount, rounds, digest.algorithm,
            Int32(byteCount), &output)
        guard result == 1 else { throw CryptographyError.openSSL("PBKDF2") }
        return output
    }
}

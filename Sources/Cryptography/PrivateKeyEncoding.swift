import COpenSSL

/// Private keys as files and as bytes: PKCS#8 (RFC 5958), in PEM (RFC 7468) or DER.
extension PrivateKey {
    /// Reads an unencrypted PEM key, PKCS#8 or the traditional forms of OpenSSL.
    package init(pem: String) throws {
        guard !pem.utf8.isEmpty, let length = Int32(exactly: pem.utf8.count), length <= 65_536 else {
            throw CryptographyError(operation: "read PEM key", detail: "empty, or far too long")
        }
        let bytes = Array(pem.utf8)
        let key = bytes.withUnsafeBytes { bytes in
            let reader = BIO_new_mem_buf(bytes.baseAddress, length)
            defer { BIO_free(reader) }
            // The callback answers that there is no passphrase; without one OpenSSL asks at the terminal.
            return PEM_read_bio_PrivateKey(reader, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key else { throw Self.refusal(of: pem) }
        try self.init(imported: KeyHandle(owning: key))
    }

    /// Reads PKCS#8 in DER, and nothing behind it.
    package init(der: [UInt8]) throws {
        let information = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var cursor = bytes.baseAddress
            let information = d2i_PKCS8_PRIV_KEY_INFO(nil, &cursor, bytes.count)
            guard cursor == bytes.baseAddress.map({ $0 + bytes.count }) else {
                PKCS8_PRIV_KEY_INFO_free(information)
                return nil
            }
            return information
        }
        defer { PKCS8_PRIV_KEY_INFO_free(information) }
        guard let information, let key = EVP_PKCS82PKEY(information) else {
            throw CryptographyError.openSSL("read DER key")
        }
        try self.init(imported: KeyHandle(owning: key))
    }

    /// A key from outside must prove that its halves belong together: else nobody could verify what it signs.
    private init(imported handle: KeyHandle) throws {
        try self.init(handle)
        let probe = Array("martlet".utf8)
        for algorithm in SignatureAlgorithm.allCases where algorithm.keyType == type {
            let signature = try signature(of: probe, algorithm: algorithm)
            guard publicKey.isValid(signature: signature, for: probe, algorithm: algorithm) else {
                throw CryptographyError(operation: "private key", detail: "its public half is another key's")
            }
        }
    }

    package func der() throws -> [UInt8] {
        let information = EVP_PKEY2PKCS8(handle.pointer)
        defer { PKCS8_PRIV_KEY_INFO_free(information) }
        let length = i2d_PKCS8_PRIV_KEY_INFO(information, nil)
        guard information != nil, length > 0 else { throw CryptographyError.openSSL("write key") }
        var output = [UInt8](repeating: 0, count: Int(length))
        let written = output.withUnsafeMutableBufferPointer { buffer -> Int32 in
            var cursor = buffer.baseAddress
            return i2d_PKCS8_PRIV_KEY_INFO(information, &cursor)
        }
        guard written == length else { throw CryptographyError.openSSL("write key") }
        return output
    }

    package func pem() throws -> String {
        var lines = ["-----BEGIN PRIVATE KEY-----"]
        var rest = Base64.encode(try der())[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        lines.append("-----END PRIVATE KEY-----\n")
        return lines.joined(separator: "\n")
    }

    private static func refusal(of pem: String) -> CryptographyError {
        let reason = CryptographyError.openSSL("read PEM key")
        let detail =
            if pem.contains("ENCRYPTED") {
                "the key is encrypted: give it without a passphrase"
            } else if pem.contains("BEGIN PUBLIC KEY") || pem.contains("BEGIN CERTIFICATE") {
                "this is a public key or a certificate: the private key is needed"
            } else if !pem.contains("-----BEGIN ") {
                "this is not PEM"
            } else {
                reason.detail
            }
        return CryptographyError(operation: reason.operation, detail: detail)
    }
}

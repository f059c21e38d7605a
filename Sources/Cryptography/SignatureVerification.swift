import COpenSSL

extension PublicKey {
    /// Whether the holder of the private half signed `message`. An algorithm for another type of key never fits.
    package func isValid(signature: [UInt8], for message: [UInt8], algorithm: SignatureAlgorithm) -> Bool {
        guard algorithm.keyType == type else { return false }
        // A refused signature leaves a reason in a queue that libcurl and libpq read too.
        defer { ERR_clear_error() }
        switch algorithm {
        case .edDSA:
            return verifyWhole(signature, message)
        case .es256:
            guard let signature = ECDSASignature(raw: signature) else { return false }
            return verifyDigest(signature.der, message, padding: nil)
        case .rs256:
            return verifyDigest(signature, message, padding: RSA_PKCS1_PADDING)
        case .ps256:
            return verifyDigest(signature, message, padding: RSA_PKCS1_PSS_PADDING)
        }
    }

    private func verifyDigest(_ signature: [UInt8], _ message: [UInt8], padding: Int32?) -> Bool {
        let context = EVP_PKEY_CTX_new_from_pkey(nil, handle.pointer, nil)
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_verify_init(context) == 1 else { return false }
        if let padding {
            guard RSAPadding.set(padding, on: context) else { return false }
        }
        guard EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 else { return false }
        let digest = SHA256.digest(message)
        return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }

    private func verifyWhole(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, handle.pointer, nil) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// How an RSA signature is padded: PKCS#1 v1.5, or PSS with a salt as long as the digest (RFC 7518 §3.3, §3.5).
enum RSAPadding {
    static func set(_ padding: Int32, on context: OpaquePointer?) -> Bool {
        guard EVP_PKEY_CTX_set_rsa_padding(context, padding) == 1 else { return false }
        guard padding == RSA_PKCS1_PSS_PADDING else { return true }
        return EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
    }
}

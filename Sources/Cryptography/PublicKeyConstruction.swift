import COpenSSL

extension KeyHandle {
    /// Makes an OpenSSL key of components that have been checked.
    convenience init(_ components: PublicKey.Components) throws {
        switch components {
        case .rsa(let modulus, let exponent):
            let parameters = try KeyParameters()
            try parameters.add(OSSL_PKEY_PARAM_RSA_N, number: modulus)
            try parameters.add(OSSL_PKEY_PARAM_RSA_E, number: exponent)
            self.init(owning: try parameters.publicKey(named: "RSA"))
        case .p256(let x, let y):
            let parameters = try KeyParameters()
            try parameters.add(OSSL_PKEY_PARAM_GROUP_NAME, text: "prime256v1")
            try parameters.add(OSSL_PKEY_PARAM_PUB_KEY, octets: [0x04] + x + y)
            self.init(owning: try parameters.publicKey(named: "EC"))
            try checkPoint()
        case .ed25519(let point):
            guard let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, point, point.count) else {
                throw CryptographyError.openSSL("public key")
            }
            self.init(owning: key)
        }
    }

    /// On the curve, not at infinity, of the right order (SP 800-56A §5.6.2.3.3).
    private func checkPoint() throws {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else {
            throw CryptographyError.openSSL("public key")
        }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_public_check(context) == 1 else { throw CryptographyError.openSSL("public key") }
    }
}

/// The named values OpenSSL makes a key of. Its builder copies neither names nor values, so they are kept here.
private final class KeyParameters {
    private let builder: OpaquePointer
    private var numbers: [OpaquePointer] = []
    private var kept: [UnsafeMutableBufferPointer<CChar>] = []

    init() throws {
        guard let builder = OSSL_PARAM_BLD_new() else { throw CryptographyError.openSSL("public key") }
        self.builder = builder
    }

    deinit {
        OSSL_PARAM_BLD_free(builder)
        for number in numbers { BN_free(number) }
        for buffer in kept { buffer.deallocate() }
    }

    func add(_ name: String, number bytes: [UInt8]) throws {
        guard let length = Int32(exactly: bytes.count), let number = BN_bin2bn(bytes, length, nil) else {
            throw CryptographyError.openSSL("public key")
        }
        numbers.append(number)
        try check(OSSL_PARAM_BLD_push_BN(builder, keep(name.utf8CString), number))
    }

    func add(_ name: String, text: String) throws {
        try check(OSSL_PARAM_BLD_push_utf8_string(builder, keep(name.utf8CString), keep(text.utf8CString), 0))
    }

    func add(_ name: String, octets: [UInt8]) throws {
        let octets = octets.map(CChar.init(bitPattern:))
        try check(OSSL_PARAM_BLD_push_octet_string(builder, keep(name.utf8CString), keep(octets), octets.count))
    }

    private func keep(_ characters: some Collection<CChar>) -> UnsafePointer<CChar>? {
        let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: characters.count)
        _ = buffer.initialize(from: characters)
        kept.append(buffer)
        return UnsafePointer(buffer.baseAddress)
    }

    func publicKey(named algorithm: String) throws -> OpaquePointer {
        let parameters = OSSL_PARAM_BLD_to_param(builder)
        defer { OSSL_PARAM_free(parameters) }
        let context = EVP_PKEY_CTX_new_from_name(nil, algorithm, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        try check(EVP_PKEY_fromdata_init(context))
        let selection = OSSL_KEYMGMT_SELECT_ALL_PARAMETERS | OSSL_KEYMGMT_SELECT_PUBLIC_KEY
        let result = EVP_PKEY_fromdata(context, &key, selection, parameters)
        guard result == 1, let key else {
            EVP_PKEY_free(key)
            throw CryptographyError.openSSL("public key")
        }
        return key
    }

    private func check(_ result: Int32) throws {
        guard result == 1 else { throw CryptographyError.openSSL("public key") }
    }
}

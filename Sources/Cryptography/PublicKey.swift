import COpenSSL

/// A public key that has been checked: on its curve, of a size still held safe (JW11, RFC 8725 §3.4-3.5).
package struct PublicKey: Sendable {
    /// The numbers a key is made of, big-endian, as RFC 7518 §6 and RFC 8037 §2 write them.
    package enum Components: Sendable, Hashable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        case p256(x: [UInt8], y: [UInt8])
        case ed25519([UInt8])
    }

    package let components: Components
    let handle: KeyHandle

    package init(_ components: Components) throws {
        self.components = try components.checked()
        self.handle = try KeyHandle(self.components)
    }

    /// The public half of a private key.
    init(of privateKey: KeyHandle, type: KeyType) throws {
        switch type {
        case .rsa:
            let modulus = try privateKey.number(OSSL_PKEY_PARAM_RSA_N)
            let exponent = try privateKey.number(OSSL_PKEY_PARAM_RSA_E)
            try self.init(.rsa(modulus: modulus, exponent: exponent))
        case .p256:
            let x = try privateKey.number(OSSL_PKEY_PARAM_EC_PUB_X, length: 32)
            let y = try privateKey.number(OSSL_PKEY_PARAM_EC_PUB_Y, length: 32)
            try self.init(.p256(x: x, y: y))
        case .ed25519:
            try self.init(.ed25519(privateKey.rawPublicKey()))
        }
    }

    package var type: KeyType {
        switch components {
        case .rsa: .rsa
        case .p256: .p256
        case .ed25519: .ed25519
        }
    }
}

extension PublicKey: Equatable {
    package static func == (a: PublicKey, b: PublicKey) -> Bool { a.components == b.components }
}

import CSodium

extension PublicKey.Components {
    /// The sizes of RSA modulus taken: below is broken or soon will be, above only costs time.
    static let modulusBits = 2048...8192

    /// The same components in their one spelling, or why they are refused.
    ///
    /// Whether a P-256 point is on its curve is left to OpenSSL, which checks it as it makes the key.
    func checked() throws -> Self {
        switch self {
        case .rsa(let modulus, let exponent):
            let modulus = Array(modulus.drop { $0 == 0 })
            let exponent = Array(exponent.drop { $0 == 0 })
            try Self.check(modulus: modulus)
            try Self.check(exponent: exponent)
            return .rsa(modulus: modulus, exponent: exponent)
        case .p256(let x, let y):
            guard x.count == 32, y.count == 32 else { throw Self.refusal("a P-256 coordinate must be 32 bytes") }
            return self
        case .ed25519(let point):
            guard point.count == 32 else { throw Self.refusal("an Ed25519 key must be 32 bytes") }
            // A point of small order would let one signature pass for every message.
            guard Sodium.isReady, crypto_core_ed25519_is_valid_point(point) == 1 else {
                throw Self.refusal("not a point of Ed25519")
            }
            return self
        }
    }

    private static func check(modulus: [UInt8]) throws {
        guard let first = modulus.first, let last = modulus.last else { throw refusal("the RSA modulus is empty") }
        let bits = modulus.count * 8 - first.leadingZeroBitCount
        guard modulusBits.contains(bits) else {
            throw refusal("an RSA key must have 2048 to 8192 bits, this has \(bits)")
        }
        guard last & 1 == 1 else { throw refusal("the RSA modulus is even") }
    }

    /// 65537 (FIPS 186-5 §5.4) to 2^32: a small exponent invites forgeries, a huge one makes verifying a burden.
    private static func check(exponent: [UInt8]) throws {
        guard exponent.count <= 4 else { throw refusal("the RSA exponent is too large") }
        let value = exponent.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard value >= 65_537, value & 1 == 1 else {
            throw refusal("the RSA exponent must be odd, and 65537 or more")
        }
    }

    static func refusal(_ detail: String) -> CryptographyError {
        CryptographyError(operation: "public key", detail: detail)
    }
}

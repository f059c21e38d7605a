import Cryptography

/// A credential's public key as a COSE_Key (RFC 9052 §7) of one of the three kinds that are asked for.
struct COSEKey: Sendable {
    /// In COSE's numbers (RFC 9053 §2, RFC 8812 §2), and in ours.
    static let algorithms: [Int64: SignatureAlgorithm] = [-7: .es256, -8: .edDSA, -257: .rs256]

    let algorithm: SignatureAlgorithm
    private let key: PublicKey

    /// Members as they were read. There may be none beside those that the key consists of (WebAuthn §6.5.1).
    init(_ value: CBORValue) throws(WebAuthnFault) {
        guard let members = value.mapValue, let number = members[Label.algorithm]?.integerValue,
            let algorithm = Self.algorithms[number], let components = Self.components(members, algorithm)
        else { throw .unsupportedKey }
        // Here the point is found to be on its curve, and the modulus to be large enough.
        guard let key = try? PublicKey(components) else { throw .unsupportedKey }
        self.algorithm = algorithm
        self.key = key
    }

    init(_ bytes: [UInt8]) throws(WebAuthnFault) {
        try self.init(CBORReader.whole(bytes))
    }

    /// Whether the holder of the private half signed this; in the form that WebAuthn §6.5.5 has signatures in.
    func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        guard algorithm == .es256 else {
            return key.isValid(signature: signature, for: message, algorithm: algorithm)
        }
        // One signature has one spelling: DER that could be written otherwise is refused.
        guard let pair = ECDSASignature(der: signature), pair.der == signature else { return false }
        return key.isValid(signature: pair.raw, for: message, algorithm: algorithm)
    }

    /// Labels of RFC 9052 §7.1 and, by kind of key, RFC 9053 §7 and RFC 8230 §4.
    private enum Label {
        static let type = CBORValue.Key.integer(1)
        static let algorithm = CBORValue.Key.integer(3)
        static let curve = CBORValue.Key.integer(-1)
        static let x = CBORValue.Key.integer(-2)
        static let y = CBORValue.Key.integer(-3)
        static let modulus = CBORValue.Key.integer(-1)
        static let exponent = CBORValue.Key.integer(-2)
    }

    private static func components(
        _ members: [CBORValue.Member], _ algorithm: SignatureAlgorithm
    ) -> PublicKey.Components? {
        let (type, curve) = (members[Label.type]?.integerValue, members[Label.curve]?.integerValue)
        switch algorithm {
        case .es256:
            guard type == 2, curve == 1, members.count == 5, let x = members[Label.x]?.bytesValue,
                let y = members[Label.y]?.bytesValue
            else { return nil }
            return .p256(x: x, y: y)
        case .edDSA:
            guard type == 1, curve == 6, members.count == 4, let point = members[Label.x]?.bytesValue else {
                return nil
            }
            return .ed25519(point)
        case .rs256:
            guard type == 3, members.count == 4, let modulus = members[Label.modulus]?.bytesValue,
                let exponent = members[Label.exponent]?.bytesValue
            else { return nil }
            return .rsa(modulus: modulus, exponent: exponent)
        case .ps256: return nil
        }
    }
}

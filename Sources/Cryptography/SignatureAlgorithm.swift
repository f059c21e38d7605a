/// The signature algorithms that are spoken, RFC 7518 §3.1 and RFC 8037 §3.1.
///
/// There is no `none` and no HMAC to choose, by mistake or by an attacker (RFC 8725 §3.1-3.2).
package enum SignatureAlgorithm: String, Sendable, CaseIterable, Hashable {
    case rs256 = "RS256"
    case ps256 = "PS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"

    /// The one type of key the algorithm works with.
    package var keyType: KeyType {
        switch self {
        case .rs256, .ps256: .rsa
        case .es256: .p256
        case .edDSA: .ed25519
        }
    }
}

/// A kind of key pair: RSA, the curve P-256 (FIPS 186-4), or Ed25519 (RFC 8032).
package enum KeyType: Sendable, Hashable {
    case rsa
    case p256
    case ed25519
}

import CSodium

/// Argon2 in the forms that others keep it in: both types that libsodium computes, any number of lanes (RFC 9106).
/// Argon2d is not among them.
package enum Argon2 {
    package enum Kind: String, Sendable {
        case id = "argon2id"
        case i = "argon2i"
    }

    /// Whether the password made this PHC string. The caller has looked at what it costs.
    package static func isValid(_ password: [UInt8], phc: String, kind: Kind) -> Bool {
        guard Sodium.isReady, phc.utf8.count <= 512, !phc.utf8.contains(0) else { return false }
        let characters = password.map(CChar.init(bitPattern:))
        return switch kind {
        case .id: crypto_pwhash_argon2id_str_verify(phc, characters, UInt64(password.count)) == 0
        case .i: crypto_pwhash_argon2i_str_verify(phc, characters, UInt64(password.count)) == 0
        }
    }
}

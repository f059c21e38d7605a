import Cryptography

/// One way of hashing passwords: the computation alone, without threads or limits. The seam at which tests
/// count hashes and hold them at a gate.
package protocol PasswordScheme: Sendable {
    func hash(_ password: [UInt8]) throws -> String
    func isValid(_ password: [UInt8], hash: String) -> Bool

    /// Whether `isValid` would compute anything. A text that no scheme can read (an import that went wrong,
    /// "!" for none) must cost its reader as much time as a real one (PW10).
    func canRead(_ hash: String) -> Bool
    func needsRehash(_ hash: String) -> Bool

    /// Whether the hash may be of the password as it was typed, rather than of its normalised spelling (D6).
    func isOfTypedText(_ hash: String) -> Bool
}

extension PasswordScheme {
    package func isOfTypedText(_ hash: String) -> Bool { false }
}

/// Argon2id, RFC 9106, with today's parameters (PW5).
package struct Argon2idScheme: PasswordScheme {
    private let parameters: Argon2idParameters

    package init(_ parameters: Argon2idParameters = .standard) {
        self.parameters = parameters
    }

    package func hash(_ password: [UInt8]) throws -> String {
        try Argon2id.hash(password, parameters: parameters)
    }

    package func isValid(_ password: [UInt8], hash: String) -> Bool {
        Argon2id.isValid(password, hash: hash)
    }

    package func canRead(_ hash: String) -> Bool {
        Argon2id.canCompute(hash)
    }

    package func needsRehash(_ hash: String) -> Bool {
        Argon2id.needsRehash(hash, parameters: parameters)
    }
}

import Cryptography

/// Hashes with Argon2id alone, and compares with that and with whatever people brought along from other systems.
///
/// Every imported hash is to be made anew: the first sign-in with it is the last (PW5).
package struct ImportingScheme: PasswordScheme {
    private let own: Argon2idScheme

    package init(_ parameters: Argon2idParameters = .standard) {
        own = Argon2idScheme(parameters)
    }

    package func hash(_ password: [UInt8]) throws -> String {
        try own.hash(password)
    }

    package func isValid(_ password: [UInt8], hash: String) -> Bool {
        Self.imported(hash)?.isMade(from: password) ?? own.isValid(password, hash: hash)
    }

    package func canRead(_ hash: String) -> Bool {
        own.canRead(hash) || Self.imported(hash) != nil
    }

    package func needsRehash(_ hash: String) -> Bool {
        own.needsRehash(hash)
    }

    /// Other systems hashed what they were sent. Ours are of the normalised spelling and no other.
    package func isOfTypedText(_ hash: String) -> Bool {
        Self.imported(hash) != nil
    }

    private static func imported(_ hash: String) -> ImportedHash? {
        try? ImportedHash(stored: hash)
    }
}

import Cryptography

/// A password digest that is too fast to be kept: whoever reads it tries a billion passwords a second. It is hashed
/// once more with today's Argon2id before anything is written, and is never in the database.
package struct FastHash: Sendable, Equatable {
    let recipe: DigestRecipe
    let value: [UInt8]

    init(_ recipe: DigestRecipe, value: [UInt8]) throws(HashFault) {
        guard value.count == recipe.digest.byteCount else {
            throw .malformed("a \(recipe.digest) digest of \(value.count) bytes")
        }
        self.recipe = recipe
        self.value = value
    }

    /// Costs what a sign-in does: to be called on the threads that hash.
    package func slowed(_ parameters: Argon2idParameters = .standard) throws -> ImportedHash {
        ImportedHash(DigestForm(recipe, hash: try Argon2id.hash(value, parameters: parameters)))
    }
}

/// What a password hash of another system becomes.
package enum CarriedPassword: Sendable, Equatable {
    /// The person had none.
    case none
    case imported(ImportedHash)
    /// Made by a Martlet, of the normalised spelling: kept as it is.
    case own(String)
    /// To be slowed down before it is kept.
    case fast(FastHash)
}

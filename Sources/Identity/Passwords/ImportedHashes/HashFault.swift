/// Why a password hash of another system is not taken over. For operators; never quotes the hash.
package enum HashFault: Error, Sendable, Equatable {
    /// Damaged: it is not what its name promises.
    case malformed(String)
    /// Whole, and yet not to be compared with here. Its person comes along without a password.
    case unusable(String)
}

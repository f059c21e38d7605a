import OAuth

/// The way back from a change of address, mailed to the address before it: good once, for seven days, without being
/// signed in. Whoever took an account over by its session must not keep it by its address.
package struct AddressUndo: Sendable, Equatable {
    /// Seconds.
    package static let lifetime: Int64 = 7 * 86_400

    package let link: TokenDigest
    package let accountID: String
    /// What it puts back, and no other.
    package let address: EmailAddress
    package let createdAt: Instant
    package let expiresAt: Instant

    package init(
        link: TokenDigest, accountID: String, address: EmailAddress, createdAt: Instant, expiresAt: Instant
    ) {
        self.link = link
        self.accountID = accountID
        self.address = address
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

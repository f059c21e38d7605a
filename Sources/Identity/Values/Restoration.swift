import OAuth

/// The way back to an account that its person has deleted.
package struct Restoration: Sendable {
    package let accountID: String
    /// The time of grace began then, at the earliest.
    package let deletedAfter: Instant
    package let offer: TokenDigest
    /// What the offer was made for.
    package let binding: String
    /// The password's, as it must be still; `nil` for somebody without one.
    package let provenHash: String?
    /// `nil` where something else comes before signing in.
    package let opening: SessionOpening?

    package init(
        accountID: String, deletedAfter: Instant, offer: TokenDigest, binding: String, provenHash: String?,
        opening: SessionOpening?
    ) {
        self.accountID = accountID
        self.deletedAfter = deletedAfter
        self.offer = offer
        self.binding = binding
        self.provenHash = provenHash
        self.opening = opening
    }
}

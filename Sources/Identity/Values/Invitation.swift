import OAuth

/// Somebody without an account is asked to come in: the address is the operator's choice, the name and the password are
/// theirs.
package struct Invitation: Sendable, Equatable {
    /// Seconds.
    package static let lifetime: Int64 = 7 * 86_400

    /// Of the link's secret.
    package let digest: TokenDigest
    package let address: EmailAddress
    /// What the operator calls the person; they can write it otherwise.
    package let name: String?
    package let roles: [Role]
    /// The account whose word it is, and which must be able to administer for as long as the invitation is to be good;
    /// `nil` for one from the command line or by an app.
    package let inviter: String?
    package let createdAt: Instant
    package let expiresAt: Instant

    package init(
        digest: TokenDigest, address: EmailAddress, name: String?, roles: [Role], inviter: String? = nil,
        createdAt: Instant, expiresAt: Instant
    ) {
        self.digest = digest
        self.address = address
        self.name = name
        self.roles = roles
        self.inviter = inviter
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// By which events tell of it: they name no address.
    package var mark: String {
        digest.bytes.prefix(6).reduce("") { $0 + String(UInt16($1) + 0x100, radix: 16).dropFirst() }
    }
}

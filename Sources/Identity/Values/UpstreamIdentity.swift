import OAuth

/// Somebody, as a provider knows them: the key, and what it tells beside. Nobody is ever found by what is told beside (SO1).
package struct UpstreamIdentity: Sendable, Equatable {
    package struct Key: Sendable, Hashable {
        /// The id of the provider in the settings.
        package let provider: String
        /// Its own, never reused: at most 255 characters, compared byte by byte.
        package let subject: String

        package init(provider: String, subject: String) {
            self.provider = provider
            self.subject = subject
        }
    }

    package let key: Key
    package var email: EmailAddress?
    /// Whether the provider has proven that the mailbox is theirs, exactly as it says so itself (SO3).
    package var isEmailVerified = false
    package var name: String?
    package var givenName: String?
    package var familyName: String?
    /// How its person knows which account there it is: a login or an address. Shown, never searched for.
    package var label: String?
    /// What its tokens were, as JSON, where they are to be kept.
    package var tokens: [UInt8]?

    package init(_ provider: String, subject: String) {
        key = Key(provider: provider, subject: subject)
    }

    /// The address, if the provider has proven it.
    package var provenEmail: EmailAddress? { isEmailVerified ? email : nil }
}

/// An identity that a person has connected.
package struct LinkedIdentity: Sendable, Equatable {
    package let key: UpstreamIdentity.Key
    package let accountID: String
    package let label: String?
    package let linkedAt: Instant
    package let lastUsedAt: Instant?

    package init(
        key: UpstreamIdentity.Key, accountID: String, label: String?, linkedAt: Instant, lastUsedAt: Instant?
    ) {
        self.key = key
        self.accountID = accountID
        self.label = label
        self.linkedAt = linkedAt
        self.lastUsedAt = lastUsedAt
    }
}

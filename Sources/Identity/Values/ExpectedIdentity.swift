import OAuth

/// What stands in the place of an identity whose subject nobody has told yet: whoever comes first from the provider with
/// this address, which it has proven, is the one.
package struct ExpectedIdentity: Sendable, Equatable {
    /// The id of the provider in the settings.
    package let provider: String
    package let canonicalEmail: String

    package init(provider: String, canonicalEmail: String) {
        self.provider = provider
        self.canonicalEmail = canonicalEmail
    }
}

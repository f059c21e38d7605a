import OAuth

/// By which ways a person has signed in. One row each, however often (B007).
package protocol SignInMethodStore: Sendable {
    /// In the order of first use.
    func signInMethods(of accountID: String) async throws -> [SignInMethodUse]
}

/// One way that a person has signed in by.
package struct SignInMethodUse: Sendable, Equatable {
    /// As in `amr` (`pwd`) or the name of an upstream provider.
    package let method: String
    package let firstUsedAt: Instant
    package let lastUsedAt: Instant

    package init(method: String, firstUsedAt: Instant, lastUsedAt: Instant) {
        self.method = method
        self.firstUsedAt = firstUsedAt
        self.lastUsedAt = lastUsedAt
    }
}

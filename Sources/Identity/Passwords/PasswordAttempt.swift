import OAuth

/// Somebody says who they are and gives a password. Prints without it.
package struct PasswordAttempt: Sendable, CustomStringConvertible {
    /// As typed.
    package let email: String
    package let password: String
    package let browser: TokenDigest
    package let network: ClientNetwork

    package init(email: String, password: String, browser: TokenDigest, network: ClientNetwork) {
        self.email = email
        self.password = password
        self.browser = browser
        self.network = network
    }

    package var description: String { "password attempt from \(network)" }
}

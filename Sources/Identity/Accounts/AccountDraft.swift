/// What is asked of somebody for an account. Roles and the proof of the address are not among it: they are
/// given by whoever creates the account, never by a form (IN4). Prints without the password.
package struct AccountDraft: Sendable, CustomStringConvertible {
    package let name: String
    package let email: String
    package let password: String
    /// Empty for none.
    package let username: String

    package init(name: String, email: String, password: String, username: String = "") {
        self.name = name
        self.email = email
        self.password = password
        self.username = username
    }

    package var description: String { "account draft" }
}

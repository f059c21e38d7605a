/// What is asked of somebody for an account. Roles and the proof of the address are not among it: they are
/// given by whoever creates the account, never by a form (IN4). Prints without the password.
package struct AccountDraft: Sendable, CustomStringConvertible {
    package let name: String
    package let email: String
    package let password: String

    package init(name: String, email: String, password: String) {
        self.name = name
        self.email = email
        self.password = password
    }

    package var description: String { "account draft" }
}

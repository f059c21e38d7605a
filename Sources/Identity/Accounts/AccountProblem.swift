/// What is wrong with one field of an account. Pages and commands choose the words.
package struct AccountProblem: Sendable, Hashable {
    package enum Field: Sendable {
        case name
        case email
        case username
        case password
    }

    package enum Kind: Sendable, Hashable {
        case missing
        case tooLong
        case malformed
        /// Somebody has this address or username. Of an address to be told to operators only: strangers must not learn
        /// it (PW10).
        case taken
        /// An address whose domain may not sign up. A rule of the house and no secret.
        case domainNotAdmitted
        case password(PasswordProblem)
    }

    package let field: Field
    package let kind: Kind

    package init(_ field: Field, _ kind: Kind) {
        self.field = field
        self.kind = kind
    }
}

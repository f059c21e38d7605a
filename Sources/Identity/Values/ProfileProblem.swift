/// What is wrong with one field of a profile. The page chooses the words.
package struct ProfileProblem: Sendable, Equatable {
    package enum Field: Sendable, Hashable {
        case name
        case givenName
        case familyName
        case username
        case birthdate
        case biography
        case locale
        case zone
        case attribute(String)
    }

    package enum Fault: Error, Sendable, Equatable {
        /// The most characters.
        case tooLong(Int)
        case malformed
        case taken
        /// Too many were tried; seconds until more may be.
        case triedTooOften(Int64)
        case inTheFuture
    }

    package let field: Field
    package let fault: Fault

    package init(_ field: Field, _ fault: Fault) {
        self.field = field
        self.fault = fault
    }
}

import OAuth

/// Somebody who comes from another system, as far as they can be carried over.
package struct ArrivingPerson: Sendable {
    package let email: EmailAddress
    package let isEmailVerified: Bool
    package let profile: Profile
    package let roles: [Role]
    package let isDisabled: Bool
    package let deletion: Deletion?
    package let createdAt: Instant?
    package let password: CarriedPassword
    /// Their subject, for people who come from a Martlet; a new one is made for everybody else.
    package let subject: String?
    package let preferences: Preferences?
    package let identities: [ArrivingIdentity]
    /// What was left out of this person, each a sentence without a full stop.
    package let notes: [String]
}

/// Why somebody does not come along: every reason at once, each a sentence without a full stop.
package struct ArrivalRefusal: Error, Sendable, Equatable {
    package let reasons: [String]
    /// Whom it is about, where that can be told.
    package let email: EmailAddress?

    package init(_ reasons: [String], email: EmailAddress? = nil) {
        self.reasons = reasons
        self.email = email
    }
}

/// What cannot be carried over, counted: secrets of second factors, ties to some providers, roles without a place.
package struct LeftBehind: Sendable, Equatable {
    private static let mostKinds = 100

    package private(set) var counts: [String: Int] = [:]

    package init() {}

    /// `what` may hold names of the other system, of which there are never too many.
    package mutating func add(_ what: String, _ count: Int = 1) {
        guard count > 0 else { return }
        let name = PlainText.escaped(String(what.prefix(80)))
        let key = counts[name] != nil || counts.count < Self.mostKinds ? name : "things of other kinds"
        counts[key, default: 0] += count
    }

    package mutating func add(_ other: LeftBehind) {
        for (what, count) in other.counts { add(what, count) }
    }
}

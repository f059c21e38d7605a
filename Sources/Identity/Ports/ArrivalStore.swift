import OAuth

/// People who come from elsewhere, in storage.
package protocol ArrivalStore: Sendable {
    /// Creates everybody who can be, in one step: each person whole or not at all, and nobody who is there already
    /// touched. `costs`: a blank of each imported hash among them (`ImportedHash.blank`), kept with them.
    func settle(_ settlers: [Settler], costs: Set<String>) async throws -> [SettlingOutcome]

    /// What `settle` would say now of each if they came alone, without doing it.
    func foresee(_ settlers: [Settler]) async throws -> [SettlingOutcome]

    /// A page of accounts that came before this was noted, or were given an old id since, by their ids.
    func unnotedArrivals(after id: String?, limit: Int) async throws -> [NotedArrival]

    /// Notes by what they are known for good. Those that are noted already stay.
    func note(_ arrivals: [NotedArrival]) async throws

    /// The blanks of all costs that imported hashes in the database may have; none when there are no such hashes.
    func importedHashCosts() async throws -> [String]
}

/// An account that is to be created, with what stands beside it.
package struct Settler: Sendable {
    package let account: Account
    package let preferences: Preferences?
    package let identities: [ArrivingIdentity]
    /// Also where their account was removed for good.
    package let mayReturn: Bool

    package init(
        _ account: Account, _ preferences: Preferences? = nil, identities: [ArrivingIdentity] = [],
        mayReturn: Bool = false
    ) {
        self.account = account
        self.preferences = preferences
        self.identities = identities
        self.mayReturn = mayReturn
    }
}

/// An account, and what it is known by.
package struct NotedArrival: Sendable, Equatable {
    package let accountID: String
    package let marks: [ArrivalMark]

    package init(accountID: String, marks: [ArrivalMark]) {
        self.accountID = accountID
        self.marks = marks
    }
}

/// Of several that fit, the first counts.
package enum SettlingOutcome: Int, Sendable, Comparable {
    /// Somebody has the address; nothing was written.
    case emailTaken
    /// Somebody has the subject; nothing was written.
    case subjectTaken
    /// Somebody came with the same id from the same system; nothing was written.
    case arrivedBefore
    /// The account was removed for good; nothing was written.
    case removed
    /// Somebody else is known to a provider by the same; nothing was written.
    case identityTaken
    /// The username belongs to somebody else: created without it.
    case createdWithoutUsername
    case created

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

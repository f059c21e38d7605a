import OAuth

/// People who come from elsewhere, in storage.
package protocol ArrivalStore: Sendable {
    /// Creates everybody who can be, in one step: each person whole or not at all, and nobody who is there already
    /// touched. `costs`: a blank of each imported hash among them (`ImportedHash.blank`), kept with them.
    func settle(_ settlers: [Settler], costs: Set<String>) async throws -> [SettlingOutcome]

    /// What `settle` would say now, without doing it.
    func foresee(_ settlers: [Settler]) async throws -> [SettlingOutcome]

    /// The blanks of all costs that imported hashes in the database may have; none when there are no such hashes.
    func importedHashCosts() async throws -> [String]
}

/// An account that is to be created, with what stands beside it.
package struct Settler: Sendable {
    package let account: Account
    package let preferences: Preferences?

    package init(_ account: Account, _ preferences: Preferences? = nil) {
        self.account = account
        self.preferences = preferences
    }
}

package enum SettlingOutcome: Sendable, Equatable {
    case created
    /// The username belongs to somebody else: created without it.
    case createdWithoutUsername
    /// Somebody has the address; nothing was written.
    case emailTaken
    /// Somebody has the subject; nothing was written.
    case subjectTaken
}

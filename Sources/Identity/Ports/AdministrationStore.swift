import OAuth

/// What operators do with people, in storage. Each verb is one transaction.
package protocol AdministrationStore: Sendable {
    /// A page of people in the order of their canonical addresses.
    func people(_ query: PersonQuery) async throws -> [Account]

    /// Makes a change if the account still is as it was seen, with all that ends by it and the mail that tells of it.
    /// Atomic: of two administrators who take the role from each other at once, one stays.
    func change(
        _ change: AdministrativeChange, of seen: Account, mailing letters: [SealedLetter], at now: Instant
    ) async throws -> ChangeOutcome

    /// Ends all sessions of a person and what waits in their mailbox to let somebody in, but for a forgotten password;
    /// and with `applications` what apps hold while the person is away. Whether the person is an administrator, who may
    /// be to be spared, is asked in the same write.
    func endAccess(
        of id: String, applications: Bool, sparingAdministrators: Bool, at now: Instant
    ) async throws -> AccessEnding

    /// What happened to a person, the latest first, older than a given event.
    func events(of subject: String, before id: String?, limit: Int) async throws -> [RecordedEvent]
}

package enum AccessEnding: Sendable, Equatable {
    case ended(EndedAccess)
    case nobody
    /// It is an administrator's, which is not for whoever instructs to end; nothing was written.
    case mayNotAppoint
}

package struct EndedAccess: Sendable, Equatable {
    package let sessions: Int
    /// Grants: what apps held, for this visit or for long.
    package let applications: Int

    package init(sessions: Int, applications: Int) {
        self.sessions = sessions
        self.applications = applications
    }
}

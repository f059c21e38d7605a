/// The one gate asked at every point of issue (TK11): is the person still active, the grant alive, and the
/// client still open to them?
package struct PolicyGate: Sendable {
    let subjects: any SubjectDirectory
    let levels: LevelPolicy

    package init(subjects: any SubjectDirectory, levels: LevelPolicy) {
        self.subjects = subjects
        self.levels = levels
    }

    func subject(of grant: Grant, for client: Client, at now: Instant) async throws -> Subject {
        guard grant.isLive(at: now) else {
            throw OAuthError.invalidGrant("the authorization has ended", .authorizationEnded(grant))
        }
        guard grant.scopes.isSubset(of: client.scopes), grant.resources.allSatisfy(client.mayAskFor) else {
            throw OAuthError.invalidGrant(
                "the client is no longer registered for what was granted", .registrationNarrowed(grant, client))
        }
        let found = try await subjects.subject(grant.authentication.subject)
        guard let subject = found, subject.isActive, client.admits(subject) else {
            throw OAuthError.invalidGrant("the person may no longer use this client", .personRefused(found, client))
        }
        return subject
    }

    /// The same for what goes on from an old sign-in: a role, or a scope, that demands more by now is not served by it.
    func subject(renewing grant: Grant, for client: Client, at now: Instant) async throws -> Subject {
        let subject = try await subject(of: grant, for: client, at: now)
        guard levels.serves(grant, of: subject) else {
            throw OAuthError.invalidGrant(
                "the sign-in does not reach the level that is demanded by now", .levelOutdated(grant))
        }
        return subject
    }
}

/// The one gate asked at every point of issue (TK11): is the person still active, the grant alive, and the
/// client still open to them?
package struct PolicyGate: Sendable {
    let subjects: any SubjectDirectory

    package init(subjects: any SubjectDirectory) {
        self.subjects = subjects
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
}

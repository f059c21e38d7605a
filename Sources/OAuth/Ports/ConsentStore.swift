/// What people have allowed, so that they are not asked twice (OpenID Connect Core §3.1.2.4).
package protocol ConsentStore: Sendable {
    func consent(of subject: String, to clientID: String) async throws -> Consent?

    /// Adds to what was allowed before. Idempotent.
    func remember(_ consent: Consent) async throws

    func consents(of subject: String) async throws -> [Consent]
}

/// A remembered consent: scopes and resource indicators.
package struct Consent: Sendable, Equatable {
    package let subject: String
    package let clientID: String
    package let scopes: ScopeSet
    package let resources: [String]
    package let grantedAt: Instant

    package init(subject: String, clientID: String, scopes: ScopeSet, resources: [String], grantedAt: Instant) {
        self.subject = subject
        self.clientID = clientID
        self.scopes = scopes
        self.resources = resources
        self.grantedAt = grantedAt
    }
}

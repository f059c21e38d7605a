import OAuth

/// A person and everything that an operator may see around the account.
package struct PersonRecord: Sendable, Equatable {
    package let account: Account
    package let methods: [SignInMethodUse]
    /// In the order of connection.
    package let identities: [LinkedIdentity]
    /// Live ones, latest first.
    package let sessions: [Session]
    package let applications: [ConnectedApplication]
    package let preferences: Preferences
    /// What can be asked for after the sign-in; kept, too, while second factors are switched off.
    package let factors: FactorHoldings
}

/// An app that a person has allowed something, or that holds access while they are away.
package struct ConnectedApplication: Sendable, Equatable {
    package let clientID: String
    package let scopes: ScopeSet
    package let since: Instant
    /// Whether it holds access that does not end with a session.
    package let isOffline: Bool

    /// In the order of the consents, then those nobody was asked about.
    static func all(_ consents: [Consent], holding grants: [Grant]) -> [ConnectedApplication] {
        let holders = Set(grants.map(\.clientID))
        let allowed = consents.map {
            ConnectedApplication(
                clientID: $0.clientID, scopes: $0.scopes, since: $0.grantedAt, isOffline: holders.contains($0.clientID))
        }
        var seen = Set(consents.map(\.clientID))
        return allowed
            + grants.compactMap { grant in
                guard seen.insert(grant.clientID).inserted else { return nil }
                return ConnectedApplication(
                    clientID: grant.clientID, scopes: grant.scopes, since: grant.createdAt, isOffline: true)
            }
    }
}

import OAuth

/// Where the things around an account are kept.
package struct Surroundings: Sendable {
    private let sessions: any SessionStore
    private let consents: any ConsentStore
    private let grants: any GrantStore
    private let methods: any SignInMethodStore
    private let preferences: any PreferenceStore
    private let upstream: any UpstreamStore
    private let factors: any FactorStore

    package init(
        sessions: any SessionStore, consents: any ConsentStore, grants: any GrantStore,
        methods: any SignInMethodStore, preferences: any PreferenceStore, upstream: any UpstreamStore,
        factors: any FactorStore
    ) {
        self.sessions = sessions
        self.consents = consents
        self.grants = grants
        self.methods = methods
        self.preferences = preferences
        self.upstream = upstream
        self.factors = factors
    }

    func record(of account: Account, at now: Instant) async throws -> PersonRecord {
        let consents = try await consents.consents(of: account.id)
        let grants = try await grants.offlineGrants(of: account.id, at: now)
        return PersonRecord(
            account: account, methods: try await methods.signInMethods(of: account.id),
            identities: try await upstream.identities(of: account.id),
            sessions: try await sessions.sessions(of: account.id, at: now),
            applications: ConnectedApplication.all(consents, holding: grants),
            preferences: try await preferences.preferences(of: account.id),
            factors: try await factors.holdings(of: account.id))
    }
}

import OAuth

/// Signing in by providers, in storage. Each verb is one transaction.
package protocol UpstreamStore: Sendable {
    func keep(_ attempt: UpstreamAttempt) async throws

    /// Spends the attempt of a `state`: in time, not spent, of this browser and this provider. Of any number of
    /// simultaneous calls one gets it. A wrong browser or provider spends nothing.
    func take(
        state: TokenDigest, provider: String, browser: TokenDigest, at now: Instant
    ) async throws -> UpstreamTaking

    /// Where the newest attempt of this browser for this provider was to lead on to, spent or not, if it is not over: for
    /// an answer that names none.
    func newestQuery(provider: String, browser: TokenDigest, at now: Instant) async throws -> String?

    /// Whose identity it is.
    func identity(_ key: UpstreamIdentity.Key) async throws -> LinkedIdentity?

    /// In the order of connection.
    func identities(of accountID: String) async throws -> [LinkedIdentity]

    /// Whom an import has left an address for, in place of a subject (canonical).
    func expectedOwner(provider: String, canonicalEmail: String) async throws -> String?

    /// What an import has left for this account.
    func expectedIdentities(of accountID: String) async throws -> [ExpectedIdentity]

    /// In the place of what waits in that browser.
    func keep(_ pending: PendingIdentity) async throws
    func pendingIdentity(of browser: TokenDigest, at now: Instant) async throws -> PendingIdentity?

    func enter(_ entry: UpstreamEntry, at now: Instant) async throws -> UpstreamEntry.Outcome

    func remove(_ removal: IdentityRemoval, at now: Instant) async throws -> IdentityRemoval.Outcome
}

package enum UpstreamTaking: Sendable, Equatable {
    case taken(UpstreamAttempt)
    case refused(UpstreamFault.StateFault)
}

extension UpstreamStore {
    /// By which providers this person can sign in, were they all set up; each once.
    func providers(of accountID: String) async throws -> [String] {
        let connected = try await identities(of: accountID).map(\.key.provider)
        let expected = try await expectedIdentities(of: accountID).map(\.provider)
        var seen: Set<String> = []
        return (connected + expected).filter { seen.insert($0).inserted }
    }
}

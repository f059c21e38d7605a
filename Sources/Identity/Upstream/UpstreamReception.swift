import Cryptography
import OAuth

/// What follows from who came back from a provider. People are found by what the provider calls them, and by nothing else
/// (SO1); an address only says where to ask.
package struct UpstreamReception: Sendable {
    package enum Outcome: Sendable {
        case signedIn(OpenedSession)
        /// The account is deleted and its person can come back: nobody is signed in yet.
        case leaving(Account)
        /// There is something to do before.
        case pending(PendingIdentity.Need)
        /// Nobody here is connected with it, and nobody may make an account this way.
        case notAdmitted
        /// The account is disabled (SO10).
        case refusedPerson(String)
        /// Somebody was faster, or what it was to follow from is no longer so.
        case overtaken
    }

    let accounts: any AccountStore
    let store: any UpstreamStore
    let sessions: Sessions
    let postbox: Postbox
    let policy: SignUpPolicy
    let random: any RandomSource
    let audit: any AuditLog
    /// `nil`: tokens of providers are not kept by anybody.
    let tokens: UpstreamTokenSeal
    let upstream: UpstreamSignIn
    /// Seconds for which somebody who deleted their account may come back.
    let grace: Int64

    package init(
        upstream: UpstreamSignIn, accounts: any AccountStore, store: any UpstreamStore, sessions: Sessions,
        postbox: Postbox, policy: SignUpPolicy, tokens: UpstreamTokenSeal, random: any RandomSource,
        audit: any AuditLog, grace: Int64
    ) {
        self.upstream = upstream
        self.accounts = accounts
        self.store = store
        self.sessions = sessions
        self.postbox = postbox
        self.policy = policy
        self.tokens = tokens
        self.random = random
        self.audit = audit
        self.grace = grace
    }

    /// The algorithm of connecting, in its order: the key; an address that the provider has proven; and otherwise a
    /// question to the person.
    package func receive(
        _ identity: UpstreamIdentity, by attempt: UpstreamAttempt, from arrival: Arrival, _ network: ClientNetwork,
        at now: Instant
    ) async throws -> Outcome {
        let visit = Returned(identity: identity, query: attempt.query, arrival: arrival, network: network, now: now)
        if let linked = try await store.identity(identity.key) { return try await known(linked, visit) }
        guard let address = identity.provenEmail else {
            return policy.isOffered ? try await wait(.address, visit) : refuse(visit)
        }
        if let expected = try await expected(address, visit) { return expected }
        guard let account = try await accounts.account(canonicalEmail: address.canonical) else {
            return policy.admits(address) ? try await create(address, visit) : refuse(visit)
        }
        return try await meet(account, visit)
    }

    /// What all steps need to know.
    struct Returned: Sendable {
        let identity: UpstreamIdentity
        let query: String
        let arrival: Arrival
        let network: ClientNetwork
        let now: Instant

        var provider: String { identity.key.provider }
        var browser: TokenDigest { arrival.visitor.browser }
    }

    private func known(_ linked: LinkedIdentity, _ visit: Returned) async throws -> Outcome {
        guard let account = try await accounts.account(id: linked.accountID) else { return .overtaken }
        guard account.deletion == nil else {
            let canReturn = account.isEmailVerified && account.canReturn(within: grace, at: visit.now)
            return canReturn ? .leaving(account) : refuse(account, visit)
        }
        guard account.status == .active else { return refuse(account, visit) }
        // Who set up what is there nobody knows, a password above all. Our own mail to its address clears it (ML9).
        guard account.isEmailVerified else { return try await wait(.address, visit) }
        return try await enter(account, .known, visit)
    }

    /// Somebody whom an import has left under an address in the place of a subject: once, and by a proven address alone.
    private func expected(_ address: EmailAddress, _ visit: Returned) async throws -> Outcome? {
        let owner = try await store.expectedOwner(provider: visit.provider, canonicalEmail: address.canonical)
        guard let owner, let account = try await accounts.account(id: owner), account.status == .active,
            account.isEmailVerified
        else { return nil }
        // Whose address it is by now comes first.
        let holder = try await accounts.account(canonicalEmail: address.canonical)
        guard holder == nil || holder?.id == owner else { return nil }
        return try await enter(account, .expected, visit)
    }

    /// Somebody has an account with the address that the provider has proven.
    private func meet(_ account: Account, _ visit: Returned) async throws -> Outcome {
        guard account.deletion == nil else {
            let canReturn = account.canReturn(within: grace, at: visit.now)
            return canReturn ? try await wait(.account, visit) : refuse(account, visit)
        }
        guard account.status == .active else { return refuse(account, visit) }
        guard account.isEmailVerified else {
            // With roles there is more to be had than an address: our own mail proves it once more.
            guard account.roles.isEmpty else { return try await wait(.address, visit) }
            return try await enter(account.claimed, .claimed, visit)
        }
        guard upstream.provider(visit.provider)?.linksByAddress == true, !account.isAdministrator else {
            return try await wait(.account, visit)
        }
        return try await enter(account, .linkedByAddress, visit)
    }

    private func create(_ address: EmailAddress, _ visit: Returned) async throws -> Outcome {
        try await enter(try newAccount(address, visit.identity, at: visit.now), .new, visit)
    }

    func wait(_ need: PendingIdentity.Need, _ visit: Returned) async throws -> Outcome {
        try await store.keep(
            PendingIdentity(
                browser: visit.browser, identity: visit.identity, need: need, query: visit.query,
                // The mail that is asked for last still can be used.
                expiresAt: visit.now + PendingIdentity.lifetime + (need == .address ? MailProofs.lifetime : 0)))
        upstream.count(visit.provider, "pending")
        return .pending(need)
    }

    private func refuse(_ visit: Returned) -> Outcome {
        refused("no_account", nil, visit)
        return .notAdmitted
    }

    private func refuse(_ account: Account, _ visit: Returned) -> Outcome {
        refused("not_active", account.id, visit)
        return .refusedPerson(account.id)
    }

    private func refused(_ reason: String, _ subject: String?, _ visit: Returned) {
        upstream.count(visit.provider, "refused_person")
        audit.record(
            AuditEvent(
                .upstreamRefused, by: .visitor, subject: subject,
                details: ["provider": visit.provider, "reason": reason, "network": visit.network.prefix]))
    }
}

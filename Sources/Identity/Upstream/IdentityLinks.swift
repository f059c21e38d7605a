import OAuth

/// The identities that a person has connected with their account: more of them, and fewer. All of it needs a sign-in of
/// the last minutes (SO8).
package struct IdentityLinks: Sendable {
    package enum Outcome: Sendable, Equatable {
        case linked(UpstreamProvider)
        /// It is somebody else's; nothing changed, and nobody is told whose.
        case ownedElsewhere
        /// The session has ended, is another by now, or its proof is too old; or there is nothing to connect.
        case overtaken
    }

    private let reception: UpstreamReception
    private let links: MagicLinkPeople?
    private let takesPasswords: Bool

    /// - Parameter links: whom links by mail are for; `nil` where there are none.
    package init(reception: UpstreamReception, links: MagicLinkPeople?, takesPasswords: Bool) {
        self.reception = reception
        self.links = links
        self.takesPasswords = takesPasswords
    }

    package func identities(of accountID: String) async throws -> [LinkedIdentity] {
        try await reception.store.identities(of: accountID)
    }

    /// Connects what came back from a way that this very session began.
    package func link(
        _ identity: UpstreamIdentity, by attempt: UpstreamAttempt, in session: Session?, browser: TokenDigest,
        _ network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        guard case .link(let accountID, let sessionID) = attempt.intent, let session, session.id == sessionID,
            session.subject == accountID
        else { return overtaken(identity.key.provider, network) }
        return try await link(identity, to: session, browser, network, at: now)
    }

    /// Who waits in this browser, for the account of an address that the provider has proven.
    package func waiting(in browser: TokenDigest, at now: Instant) async throws -> PendingIdentity? {
        guard let pending = try await reception.store.pendingIdentity(of: browser, at: now), pending.need == .account
        else { return nil }
        return pending
    }

    /// Connects who waits in this browser: with the account of that address, and no other.
    package func connect(
        _ pending: PendingIdentity, to account: Account, in session: Session, _ network: ClientNetwork, at now: Instant
    ) async throws -> Outcome {
        guard pending.isMeant(for: account), account.id == session.subject else {
            return overtaken(pending.identity.key.provider, network)
        }
        return try await link(pending.identity, to: session, pending.browser, network, isWaiting: true, at: now)
    }

    package func remove(
        _ key: UpstreamIdentity.Key, of account: Account, in session: Session, at now: Instant
    ) async throws -> IdentityRemoval.Outcome {
        let letter = reception.news(.identityRemoved, of: key.provider, to: account, at: now)
        let removal = IdentityRemoval(
            key: key, accountID: account.id, session: session.secret, takesPasswords: takesPasswords, links: links,
            providers: reception.upstream.conversations.map(\.provider.id),
            letter: try reception.postbox.seal(letter, at: now))
        let outcome = try await reception.store.remove(removal, at: now)
        if outcome == .removed {
            reception.audit.record(
                AuditEvent(.identityRemoved, subject: account.id, details: ["provider": key.provider]))
        }
        return outcome
    }

    private func link(
        _ identity: UpstreamIdentity, to session: Session, _ browser: TokenDigest, _ network: ClientNetwork,
        isWaiting: Bool = false, at now: Instant
    ) async throws -> Outcome {
        let id = identity.key.provider
        guard let provider = reception.upstream.provider(id), session.isFresh(at: now),
            let account = try await reception.accounts.account(id: session.subject), account.status == .active
        else { return overtaken(id, network) }
        let way = UpstreamEntry.Way.linked(session: session.secret)
        var entry = UpstreamEntry(identity, account, by: way, in: browser)
        entry.followsWaiting = isWaiting
        entry.sealedTokens = try reception.tokens.seal(identity)
        entry.letters = try reception.letters(way, account, id, at: now)
        switch try await reception.store.enter(entry, at: now) {
        case .done:
            reception.record(account, way, identity, network)
            return .linked(provider)
        case .ownedElsewhere:
            refused("owned_elsewhere", id, account.id, network)
            return .ownedElsewhere
        case .overtaken: return overtaken(id, network)
        }
    }

    private func overtaken(_ provider: String, _ network: ClientNetwork) -> Outcome {
        refused("overtaken", provider, nil, network)
        return .overtaken
    }

    private func refused(_ reason: String, _ provider: String, _ subject: String?, _ network: ClientNetwork) {
        reception.upstream.count(provider, "refused_person")
        reception.audit.record(
            AuditEvent(
                .upstreamRefused, by: .visitor, subject: subject,
                details: ["provider": provider, "reason": reason, "network": network.prefix]))
    }
}

extension PendingIdentity {
    /// Whether it is the account of the address that the provider has proven.
    package func isMeant(for account: Account) -> Bool {
        guard let address = identity.provenEmail else { return false }
        return address.canonical.isExactly(account.email.canonical) && account.isEmailVerified
    }
}

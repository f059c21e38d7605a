import OAuth

extension UpstreamReception {
    /// Writes what follows, and signs the person in.
    func enter(_ account: Account, _ way: UpstreamEntry.Way, _ visit: Returned) async throws -> Outcome {
        let (opened, opening) = try open(account, way, visit)
        var entry = UpstreamEntry(visit.identity, account, by: way, in: visit.browser)
        entry.opening = opening
        entry.followsWaiting = way.isByMail
        entry.sealedTokens = try tokens.seal(visit.identity)
        entry.letters = try letters(way, account, visit.provider, at: visit.now)
        guard try await store.enter(entry, at: visit.now) == .done else {
            upstream.count(visit.provider, "refused_person")
            return .overtaken
        }
        record(account, way, visit.identity, visit.network)
        try await sessions.recordWaiver(of: opening, at: visit.now)
        return .signedIn(opened)
    }

    private func open(
        _ account: Account, _ way: UpstreamEntry.Way, _ visit: Returned
    ) throws -> (OpenedSession, SessionOpening) {
        guard !way.isFirst else {
            let opened = try sessions.prepare(
                for: account, method: visit.provider, from: visit.arrival.visitor,
                at: visit.now)
            return (opened, visit.arrival.opening(opened.session))
        }
        // Whatever the provider asked of them, it counts as one proof here (SO12).
        var (opened, opening) = try sessions.prepareOpening(
            for: account, method: visit.provider, from: visit.arrival, at: visit.now)
        opening.provenHash = nil
        return (opened, opening)
    }

    func letters(
        _ way: UpstreamEntry.Way, _ account: Account, _ provider: String, at now: Instant
    ) throws -> [SealedLetter] {
        switch way {
        case .known: return []
        case .new, .newByMail, .claimed, .claimedByMail:
            return [try postbox.seal(.welcome(to: account, at: now), at: now)]
        case .expected, .linkedByAddress, .linked:
            return [try postbox.seal(news(.identityLinked, of: provider, to: account, at: now), at: now)]
        }
    }

    /// Of a way to sign in that is new, or gone.
    func news(_ kind: Letter.Kind, of provider: String, to account: Account, at now: Instant) -> Letter {
        Letter(
            kind, to: account.email, about: account.id, name: account.profile.name, path: "/account/security",
            secondPath: "/recovery",
            facts: [(.method, upstream.provider(provider)?.name ?? provider), (.time, String(now.seconds))],
            expiresAt: now + Letter.newsLifetime)
    }

    func record(
        _ account: Account, _ way: UpstreamEntry.Way, _ identity: UpstreamIdentity, _ network: ClientNetwork
    ) {
        let provider = identity.key.provider
        upstream.count(provider, way.outcome)
        if way.makesAccount {
            audit.record(AuditEvent(.accountCreated, subject: account.id, details: ["method": provider]))
        }
        if way.isFirst {
            audit.record(
                AuditEvent(.addressVerified, subject: account.id, details: ["purpose": way.proof ?? provider]))
        }
        if let how = way.how {
            audit.record(
                AuditEvent(.identityLinked, subject: account.id, details: ["provider": provider, "how": how]))
        }
        if case .linked = way { return }
        let details = ["method": provider, "network": network.prefix]
        audit.record(AuditEvent(.signIn, subject: account.id, details: details))
    }

    /// A new account, with what the provider tells of its person. From then on it is theirs alone to change (B044).
    func newAccount(_ address: EmailAddress, _ identity: UpstreamIdentity, at now: Instant) throws -> Account {
        var profile = Profile(name: identity.name.flatMap { try? PersonName($0).text })
        profile.givenName = identity.givenName.flatMap { try? PersonName($0).text }
        profile.familyName = identity.familyName.flatMap { try? PersonName($0).text }
        return Account(
            id: try Identifier.make(from: random), email: address, isEmailVerified: true, profile: profile,
            passwordHash: nil, createdAt: now, updatedAt: now)
    }
}

extension Account {
    /// As it will be for whoever proves its address first (ML9).
    var claimed: Account {
        Account(
            id: id, email: email, isEmailVerified: true, profile: profile, roles: roles, status: status,
            deletion: deletion, passwordHash: nil, createdAt: createdAt, updatedAt: updatedAt)
    }
}

extension UpstreamEntry.Way {
    var makesAccount: Bool {
        switch self {
        case .new, .newByMail: true
        case .known, .expected, .claimed, .claimedByMail, .linkedByAddress, .linked: false
        }
    }

    /// Whether the account's address is proven by it for the first time: there is nobody yet to be told of a sign-in.
    var isFirst: Bool {
        switch self {
        case .new, .newByMail, .claimed, .claimedByMail: true
        case .known, .expected, .linkedByAddress, .linked: false
        }
    }

    fileprivate var isByMail: Bool { proof != nil }

    /// What our own mail has proven.
    fileprivate var proof: String? {
        switch self {
        case .newByMail, .claimedByMail: MailProof.Purpose.upstream.rawValue
        case .new, .claimed, .known, .expected, .linkedByAddress, .linked: nil
        }
    }

    /// By what an identity was connected, for the record.
    fileprivate var how: String? {
        switch self {
        case .known: nil
        case .expected: "import"
        case .new, .claimed, .linkedByAddress: "address"
        case .newByMail, .claimedByMail: "mail"
        case .linked: "person"
        }
    }

    fileprivate var outcome: String {
        switch self {
        case .known: "ok"
        case .new, .newByMail, .claimed, .claimedByMail: "created"
        case .expected, .linkedByAddress, .linked: "linked"
        }
    }
}

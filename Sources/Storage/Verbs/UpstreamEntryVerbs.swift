import Identity
import OAuth

extension Store {
    /// Everything is asked before anything is written: what is refused leaves no trace.
    package func enter(_ entry: UpstreamEntry, at now: Instant) async throws -> UpstreamEntry.Outcome {
        try await database.write { connection in
            let owner = try connection.identity(entry.identity.key)?.accountID
            if let owner, owner != entry.account.id { return .ownedElsewhere }
            guard try !entry.followsWaiting || connection.isWaiting(entry, at: now) else { return .overtaken }
            guard try connection.isSo(entry, isConnected: owner != nil, at: now) else { return .overtaken }
            try connection.prepare(entry, at: now)
            let isNews = try connection.connect(entry, isConnected: owner != nil, at: now)
            try connection.open(entry, at: now)
            if isNews {
                for letter in entry.letters { try connection.post(letter) }
            }
            try connection.dropPendingIdentity(of: entry.browser)
            return .done
        }
    }
}

extension SQLConnection {
    /// Whether what the entry is to follow from is so at this moment.
    fileprivate func isSo(_ entry: UpstreamEntry, isConnected: Bool, at now: Instant) throws -> Bool {
        let account = entry.account
        switch entry.way {
        case .known: return try isConnected && isOpen(account.id)
        case .expected:
            guard !isConnected, let address = entry.identity.provenEmail else { return false }
            return try expectedOwner(
                provider: entry.identity.key.provider, canonicalEmail: address.canonical) == account.id
                && isOpen(account.id)
        case .new: return try !isConnected && entry.isProvenByProvider && !isTaken(account.email)
        case .newByMail(let link):
            return try !isConnected && isProven(by: link, entry, at: now) && !isTaken(account.email)
        case .claimed: return try entry.isProvenByProvider && isUnproven(account)
        case .claimedByMail(let link): return try isProven(by: link, entry, at: now) && isUnproven(account)
        case .linkedByAddress:
            return try !isConnected && entry.isProvenByProvider && isOpen(account.id, at: account.email)
        case .linked(let session): return try isFresh(session, of: account.id, at: now)
        }
    }

    /// What comes before the identity: the proof is spent, the account made or cleared of what others set up.
    fileprivate func prepare(_ entry: UpstreamEntry, at now: Instant) throws {
        let account = entry.account
        switch entry.way {
        case .known, .expected, .linkedByAddress, .linked: return
        case .new, .newByMail:
            try spend(entry.way.link, at: now)
            // The address first: people who prove the same one wait for each other here, and not in a circle.
            let isNameTaken = try account.profile.canonicalUsername.map(hasUsername) ?? false
            guard try insert(isNameTaken ? account.withoutUsername : account) else { throw Self.changed }
            _ = try proveAddress(account.email, of: account.id, at: now)
            try dropUpstreamProofs(at: account.email, at: now)
        case .claimed, .claimedByMail:
            try spend(entry.way.link, at: now)
            _ = try forgetBeforeProof(of: account.id, at: now)
            guard try proveAddress(account.email, of: account.id, at: now) else { throw Self.changed }
            try execute("UPDATE accounts SET password_hash = NULL WHERE id = $1", [.text(account.id)])
            try dropUpstreamProofs(at: account.email, at: now)
        }
    }

    /// Connects the identity, or notes its use. Whether there is anything to tell by mail.
    fileprivate func connect(_ entry: UpstreamEntry, isConnected: Bool, at now: Instant) throws -> Bool {
        switch entry.way {
        case .known:
            try noteUse(of: entry, at: now)
            return true
        case .linked where isConnected: return false
        case .linked, .expected, .new, .newByMail, .claimed, .claimedByMail, .linkedByAddress:
            let isConnected = try insert(
                entry.identity, tokens: entry.sealedTokens, of: entry.account.id,
                lastUsed: entry.way.isSignIn ? now : nil, at: now)
            guard isConnected else { throw Self.changed }
            try stopExpecting(entry)
            return true
        }
    }

    /// Who comes with the same address under another subject one day is somebody else.
    private func stopExpecting(_ entry: UpstreamEntry) throws {
        guard let address = entry.identity.provenEmail else { return }
        try execute(
            "DELETE FROM expected_identities WHERE provider = $1 AND canonical_email = $2 AND account_id = $3",
            [.text(entry.identity.key.provider), .text(address.canonical), .text(entry.account.id)])
    }

    /// No password was proven: whichever the account has by now, or has no more, does not matter.
    fileprivate func open(_ entry: UpstreamEntry, at now: Instant) throws {
        guard entry.way.isSignIn, var opening = entry.opening else { return }
        opening.provenHash = nil
        guard try open(opening, at: now) else { throw Self.changed }
    }

    /// How it is called there may have changed, and tokens that are not to be kept any longer go.
    private func noteUse(of entry: UpstreamEntry, at now: Instant) throws {
        try execute(
            """
            UPDATE upstream_identities SET last_used_at = $3, label = COALESCE($4, label), tokens = $5
            WHERE provider = $1 AND subject = $2
            """,
            [
                .text(entry.identity.key.provider), .text(entry.identity.key.subject), .instant(now),
                .text(entry.identity.label), entry.sealedTokens.map(SQLValue.bytes) ?? .null,
            ])
    }

    private func spend(_ link: TokenDigest?, at now: Instant) throws {
        guard let link else { return }
        guard try spend(link, for: .upstream, at: now) else { throw Self.changed }
    }

    /// Whoever else waits for a proof of the address comes too late.
    private func dropUpstreamProofs(at address: EmailAddress, at now: Instant) throws {
        for purpose in [MailProof.Purpose.signUp, .upstream] {
            try dropMailProofs(at: address, for: purpose, at: now)
        }
    }

    private static var changed: StorageError { .corrupt("what an entry follows from changes within one write") }
}

extension UpstreamEntry {
    /// Whether the provider has proven the very address of the account.
    fileprivate var isProvenByProvider: Bool { identity.provenEmail?.canonical == account.email.canonical }
}

extension UpstreamEntry.Way {
    fileprivate var link: TokenDigest? {
        switch self {
        case .newByMail(let link), .claimedByMail(let link): link
        case .known, .expected, .new, .claimed, .linkedByAddress, .linked: nil
        }
    }

    fileprivate var isSignIn: Bool {
        if case .linked = self { false } else { true }
    }
}

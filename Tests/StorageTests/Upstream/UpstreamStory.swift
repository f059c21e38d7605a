import Identity
import OAuth
import Testing

@testable import Storage

/// People who come back from providers, as the stories about their store tell them.
enum UpstreamStory {
    /// Somebody at a provider, whose address it has proven.
    static func identity(
        _ subject: String = "1", at provider: String = "github", email: String? = "ann@example.org",
        isProven: Bool = true
    ) throws -> UpstreamIdentity {
        var identity = UpstreamIdentity(provider, subject: subject)
        identity.email = try email.map { try #require(EmailAddress($0)) }
        identity.isEmailVerified = isProven
        identity.label = "label of \(subject)"
        return identity
    }

    static func attempt(
        _ name: String, to provider: String = "github", browser: String = "asking",
        intent: UpstreamAttempt.Intent = .signIn, query: String = "?request=r", at time: Instant = start
    ) -> UpstreamAttempt {
        UpstreamAttempt(
            state: digest(name), provider: provider, browser: digest(browser), intent: intent, query: query,
            createdAt: time, expiresAt: time + UpstreamAttempt.lifetime)
    }

    static func pending(
        _ identity: UpstreamIdentity, browser: String = "asking", need: PendingIdentity.Need = .account,
        at time: Instant = start
    ) -> PendingIdentity {
        PendingIdentity(
            browser: digest(browser), identity: identity, need: need, query: "?next=/account",
            expiresAt: time + PendingIdentity.lifetime)
    }

    static func session(
        _ id: String, of subject: String = "id-ann", methods: [String] = ["github"], at now: Instant = start
    ) -> Session {
        Session(
            secret: digest("secret of \(id)"), id: id, subject: subject, browser: digest("asking"),
            authenticatedAt: now, methods: methods, level: "urn:martlet:acr:1", createdAt: now, lastSeenAt: now,
            idleUntil: now + hour, expiresAt: now + 12 * hour, device: "Firefox, Linux", address: "192.0.2.7")
    }

    static func entry(
        _ identity: UpstreamIdentity, _ account: Account, by way: UpstreamEntry.Way, session id: String = "by github",
        tokens: [UInt8]? = nil, letters: [SealedLetter] = [], at now: Instant = start
    ) -> UpstreamEntry {
        var entry = UpstreamEntry(identity, account, by: way, in: digest("asking"))
        entry.sealedTokens = tokens
        entry.letters = letters
        if case .linked = way { return entry }
        entry.opening = SessionOpening(
            session(id, of: account.id, methods: [identity.key.provider], at: now), replacing: nil, for: nil)
        return entry
    }

    /// A letter with a link of this purpose, asked for in the browser that waits.
    static func proof(
        _ name: String, of account: String? = nil, for purpose: MailProof.Purpose = .upstream,
        address: String = "ann@example.org", browser: String = "asking", at now: Instant = start
    ) throws -> MailProof {
        try MagicLinkStory.proof(name, for: purpose, of: account, address: address, browser: browser, at: now)
    }
}

extension Store {
    /// As if the person had connected it before.
    func connect(_ identity: UpstreamIdentity, to accountID: String, tokens: [UInt8]? = nil) async throws {
        let isNew = try await database.write { connection in
            try connection.insert(identity, tokens: tokens, of: accountID, lastUsed: nil, at: start)
        }
        #expect(isNew)
    }

    func expect(_ provider: String, _ address: String, for accountID: String) async throws {
        _ = try await database.write { connection in
            try connection.insert(ExpectedIdentity(provider: provider, canonicalEmail: address), of: accountID)
        }
    }

    /// All that there can be of somebody at providers.
    func plant(in session: Session) async throws {
        try await connect(UpstreamStory.identity("planted"), to: session.subject)
        try await expect("google", "planted@example.org", for: session.subject)
        let link = UpstreamAttempt.Intent.link(accountID: session.subject, sessionID: session.id)
        try await keep(UpstreamStory.attempt("planted", intent: link))
    }

    /// How many rows there are of all that an entry may write.
    func upstreamTraces() async throws -> [String: Int64] {
        try await database.read { connection in
            let tables = [
                "accounts", "sessions", "sign_in_methods", "known_browsers", "outbox", "upstream_identities",
                "expected_identities", "pending_identities", "account_preferences",
            ]
            return try tables.reduce(into: [:]) { counts, table in
                counts[table] = try connection.rows("SELECT COUNT(*) FROM \(table)", []).first?.integer(0)
            }
        }
    }

    /// Expects that an entry changes nothing, whatever it is told.
    func refuses(
        _ entry: UpstreamEntry, _ comment: Comment? = nil, with outcome: UpstreamEntry.Outcome = .overtaken,
        at now: Instant = start, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try await upstreamTraces()
        #expect(try await enter(entry, at: now) == outcome, comment, sourceLocation: sourceLocation)
        #expect(try await upstreamTraces() == before, comment, sourceLocation: sourceLocation)
    }
}

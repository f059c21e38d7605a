import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: revocation")
struct RevocationTests {
    @Test("TK12, TK14: after a grant is revoked nothing of it is live, in every process", arguments: StoreKind.allCases)
    func revokeGrant(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let session = try await first.signIn("ann")
            let given = grant("g", from: session, isOffline: true)
            let other = grant("h", from: session, to: "other")
            try await first.issue(given)
            try await first.issue(other)
            #expect(try await second.isAlive(given))
            try await first.revokeGrant("g", because: .revokedByClient, at: start + 5)
            #expect(try await !first.revokeGrant("unknown", because: .revokedByClient, at: start + 5))
            #expect(try await !second.isAlive(given))
            #expect(try await second.isAlive(other))
            #expect(try await second.grant("g")?.revokedAt == start + 5)
        }
    }

    @Test(
        "SE7: a person's grants that outlast their sessions are listed while they live, nobody else's",
        arguments: StoreKind.allCases)
    func offlineGrants(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try await store.signIn("ann")
            let bob = try await store.signIn("bob", session: "s2")
            for given in [
                grant("g", from: ann, isOffline: true), grant("online", from: ann),
                grant("revoked", from: ann, isOffline: true), grant("short", from: ann, isOffline: true, lifetime: 60),
                grant("bobs", from: bob, isOffline: true),
            ] {
                try await store.issue(given)
            }
            try await store.revokeGrant("revoked", because: .revokedByClient, at: start)
            #expect(try await store.offlineGrants(of: "id-ann", at: start + 61).map(\.id) == ["g"])
            #expect(try await store.offlineGrants(of: "id-nobody", at: start).isEmpty)
            #expect(try await store.offlineGrants(of: "id-ann", at: start + day).isEmpty)
        }
    }

    @Test(
        "AZ11, TK7: revoking twice keeps the first time and reason, and says that nothing was ended",
        arguments: StoreKind.allCases)
    func revokeTwice(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.issue(grant("g", from: try await store.signIn("ann")))
            #expect(try await store.revokeGrant("g", because: .codeReused, at: start + 5))
            #expect(try await !store.revokeGrant("g", because: .revokedByClient, at: start + 9))
            let ended = try #require(try await store.grant("g"))
            #expect(ended.revokedAt == start + 5 && ended.ending == .codeReused)
        }
    }

    @Test("TK11, TK12: what ends a grant is kept with it", arguments: StoreKind.allCases, Grant.Ending.allCases)
    func reasons(kind: StoreKind, ending: Grant.Ending) async throws {
        try await kind.withStore { store in
            try await store.issue(grant("g", from: try await store.signIn("ann")))
            #expect(try await store.grant("g")?.ending == nil)
            switch ending {
            case .codeReused, .revokedByClient: try await store.revokeGrant("g", because: ending, at: start)
            case .refreshTokenReused: #expect(try await store.endFamily(ofGrant: "g", at: start))
            case .sessionEnded: #expect(try await store.end(sessionID: "s1", of: "id-ann", at: start))
            case .accessTakenAway: try await store.revokeGrants(of: "id-ann", to: "app", at: start)
            case .accountDisabled: #expect(try await store.setStatus(.disabled, of: "id-ann", at: start))
            case .endedByOperator:
                _ = try await store.endAccess(
                    of: "id-ann", applications: true, sparingAdministrators: false, at: start)
            case .credentialsChanged:
                let change = PasswordReplacement(
                    from: "hash-ann", to: "new", keeping: kept(try await store.signIn("ann", session: "another")),
                    endsOthers: true)
                #expect(try await store.changePassword(change, mailing: news("told"), at: start) != nil)
            case .accountRecovered:
                let (link, address) = (digest("link"), try #require(EmailAddress("ann@example.org")))
                let proof = MailProof(
                    link: link, code: digest("code"), purpose: .recovery, accountID: "id-ann", address: address,
                    browser: digest("browser"), createdAt: start, expiresAt: start + 600)
                try await store.begin(proof, with: .init(), at: start)
                let reset = PasswordReset(
                    link: link, accountID: "id-ann", address: address, newHash: "new", browser: digest("browser"))
                #expect(try await store.resetPassword(reset, mailing: news("told"), at: start) != nil)
            case .clientRemoved:
                #expect(try await store.add(registration: "{}", of: "app", at: start))
                #expect(try await store.removeRegistration(of: "app", at: start))
            }
            let ended = try #require(try await store.grant("g"))
            #expect(ended.revokedAt == start && ended.ending == ending)
        }
    }

    @Test(
        "SE12: withdrawing consent ends every grant of the pair, and what was remembered, but nobody else's",
        arguments: StoreKind.allCases)
    func revokeGrants(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try await store.signIn("ann")
            let bob = try await store.signIn("bob", session: "s2")
            let gone = [grant("g1", from: ann, isOffline: true), grant("g2", from: ann)]
            let kept = [grant("g3", from: ann, to: "other"), grant("g4", from: bob)]
            for given in gone + kept { try await store.issue(given) }
            for (subject, client) in [("id-ann", "app"), ("id-ann", "other"), ("id-bob", "app")] {
                let consent = Consent(
                    subject: subject, clientID: client, scopes: ["openid"], resources: [], grantedAt: start)
                try await store.remember(consent)
            }
            try await store.revokeGrants(of: "id-ann", to: "app", at: start)
            for given in gone { #expect(try await !store.isAlive(given)) }
            for given in kept { #expect(try await store.isAlive(given)) }
            #expect(try await store.consent(of: "id-ann", to: "app") == nil)
            #expect(try await store.consent(of: "id-ann", to: "other") != nil)
            #expect(try await store.consent(of: "id-bob", to: "app") != nil)
        }
    }

    @Test("TK12: one access token ends alone, with a grant or without", arguments: StoreKind.allCases, ["g", nil])
    func revokeAccessToken(kind: StoreKind, grantID: String?) async throws {
        try await kind.withStore { store in
            try await store.issue(grant("g", from: try await store.signIn("ann")))
            #expect(try await store.isLive(accessTokenID: "one", grantID: grantID, issuedAt: start, at: start))
            try await store.revokeAccessToken(id: "one", until: start + 600, at: start)
            try await store.revokeAccessToken(id: "one", until: start + 600, at: start + 1)
            #expect(try await !store.isLive(accessTokenID: "one", grantID: grantID, issuedAt: start, at: start))
            #expect(try await store.isLive(accessTokenID: "two", grantID: grantID, issuedAt: start, at: start))
        }
    }

    @Test(
        "TK14: a token of a grant that is unknown, ended, or whose person is disabled is not live",
        arguments: StoreKind.allCases)
    func notLive(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.issue(grant("g", from: try await store.signIn("ann"), lifetime: hour))
            #expect(try await !store.isLive(accessTokenID: "one", grantID: "unknown", issuedAt: start, at: start))
            #expect(try await !store.isLive(accessTokenID: "one", grantID: "", issuedAt: start, at: start))
            #expect(try await !store.isLive(accessTokenID: "one", grantID: "g", issuedAt: start, at: start + hour))
            #expect(try await store.isLive(accessTokenID: "one", grantID: "g", issuedAt: start, at: start + (hour - 1)))
            #expect(try await store.setStatus(.disabled, of: "id-ann", at: start))
            #expect(try await !store.isLive(accessTokenID: "one", grantID: "g", issuedAt: start, at: start))
        }
    }

    @Test(
        "TK14, TK24: the person behind a token is found as long as the token is alive, and not a moment longer",
        arguments: StoreKind.allCases)
    func personBehindAToken(kind: StoreKind) async throws {
        try await kind.withTwoStores { store, other in
            let ann = try await store.signIn("ann")
            for id in ["g", "h"] {
                let given = grant(id, from: ann, isOffline: true, lifetime: hour)
                try await store.issue(given)
            }
            func person(
                _ token: String = "one", _ grant: String = "g", at now: Instant = start
            ) async throws -> String? {
                try await other.account(ofAccessToken: token, grantID: grant, issuedAt: start, at: now)?.id
            }
            #expect(try await person() == "id-ann")
            #expect(try await person(at: start + (hour - 1)) == "id-ann")
            #expect(try await person(at: start + hour) == nil, "its grant has expired")
            #expect(try await person("one", "unknown") == nil)
            #expect(try await person("one", "") == nil)

            try await store.revokeAccessToken(id: "one", until: start + 600, at: start)
            #expect(try await person() == nil, "revoked by itself")
            #expect(try await person("two") == "id-ann")
            try await store.revokeGrant("g", because: .revokedByClient, at: start)
            #expect(try await person("two") == nil, "its grant was revoked")

            #expect(try await person("three", "h") == "id-ann")
            #expect(try await store.setStatus(.disabled, of: "id-ann", at: start))
            #expect(try await person("three", "h") == nil, "the person is disabled")

            try await store.issue(grant("i", from: try await store.signIn("bob", session: "s2")))
            #expect(try await person("four", "i") == "id-bob")
            let epoch = (start + 1).seconds
            _ = try await store.database.write { connection in
                try connection.execute("INSERT INTO restore_epochs VALUES (1, $1, $1, $1)", [.integer(epoch)])
            }
            #expect(try await person("four", "i") == nil, "the database was restored since")
        }
    }

    @Test("An access token that hangs from no grant comes back as it was kept", arguments: StoreKind.allCases)
    func clientCredentials(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let token = accessToken("machine", of: nil)
            try await store.keep(token)
            #expect(try await store.accessToken(token.digest) == token)
            #expect(try await store.accessToken(digest("other")) == nil)
            await #expect(throws: StorageError.self) { try await store.keep(token) }
            await #expect(throws: StorageError.self) { try await store.keep(accessToken("stray", of: "no such grant")) }
        }
    }
}

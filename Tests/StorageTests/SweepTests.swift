import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: sweeping")
struct SweepTests {
    @Test("A sweep takes nothing that could still be asked for", arguments: StoreKind.allCases)
    func nothingYet(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await fill(store)
            #expect(try await store.sweep(at: start, limit: 100) == 0)
            #expect(try await store.sweep(at: start + 59, limit: 100) == 0)
            #expect(try await store.isAlive(grant("g")))
        }
    }

    @Test(
        "AZ10, TK7: spent codes and tokens are remembered a day longer, so that a replay still tells",
        arguments: StoreKind.allCases)
    func memory(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await fill(store)
            _ = try await store.sweep(at: start + (60 + day - 1), limit: 100)
            #expect(try await store.code(digest("code-g")) != nil)
            #expect(try await store.code(digest("unspent")) == nil)
            _ = try await store.sweep(at: start + (60 + day), limit: 100)
            #expect(try await store.code(digest("code-g")) == nil)
            _ = try await store.sweep(at: start + (2 * day - 1), limit: 100)
            #expect(try await store.refreshToken(digest("rt-g")) != nil)
            #expect(try await store.grant("g") != nil)
            _ = try await store.sweep(at: start + 2 * day, limit: 100)
            #expect(try await store.refreshToken(digest("rt-g")) == nil)
            #expect(try await store.grant("g") == nil)
        }
    }

    @Test(
        "TK3, TK12: a clock set back by less than a day revives no revoked token and no used assertion",
        arguments: StoreKind.allCases)
    func clockSetBack(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await fill(store)
            _ = try await store.sweep(at: start + day, limit: 100)
            #expect(try await !store.isLive(accessTokenID: "revoked", grantID: nil, issuedAt: start, at: start))
            #expect(
                try await store.remember(assertionID: "jti", of: "app", usableSince: start, until: start + 60)
                    == .seenBefore)
        }
    }

    @Test(
        "In the end everything that expires is gone, and people and what they allowed remain",
        arguments: StoreKind.allCases)
    func everything(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await fill(store)
            let later = start + 500 * day
            #expect(try await store.sweep(at: later, limit: 100) > 12)
            #expect(try await store.sweep(at: later, limit: 100) == 0)
            #expect(try await store.pending(digest("p"), at: start) == nil)
            #expect(try await store.session(session("s1").secret, at: start) == nil)
            #expect(try await store.accessToken(digest("at-g")) == nil)
            #expect(try await store.isLive(accessTokenID: "revoked", grantID: nil, issuedAt: start, at: start))
            #expect(try await !store.isLive(.setupLink, digest("link"), binding: "", at: start))
            #expect(
                try await store.remember(assertionID: "jti", of: "app", usableSince: start, until: start + 60) == .fresh
            )
            #expect(try await !store.isKnown(browser: digest("b"), of: "id-ann"))
            #expect(try await store.account(id: "id-ann") != nil)
            #expect(try await store.consent(of: "id-ann", to: "app") != nil)
            #expect(try await store.signingKeys().count == 1)
            #expect(try await store.masterKeyFingerprint() == "print")
        }
    }

    @Test("A sweep takes no more of a table than it is told to", arguments: StoreKind.allCases)
    func limit(kind: StoreKind) async throws {
        try await kind.withStore { store in
            for number in 1...7 { try await store.keep(try pending("p\(number)")) }
            let later = start + hour
            for expected in [3, 3, 1, 0] { #expect(try await store.sweep(at: later, limit: 3) == expected) }
            try await store.keep(try pending("p"))
            #expect(try await store.sweep(at: later, limit: 0) == 0)
            #expect(try await store.sweep(at: later, limit: -1) == 0)
        }
    }

    /// A grant goes only after its last token, so that no step takes more than its share along.
    @Test("A long family of tokens goes in small steps, the grant last", arguments: StoreKind.allCases)
    func family(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let given = grant("g", from: try await store.signIn("ann"))
            try await store.issue(given)
            var last = "rt-g"
            for number in 1...5 {
                let tokens = KeptTokens(refreshToken: refreshToken("rt\(number)", of: given))
                #expect(try await store.rotate(digest(last), issuing: tokens, at: start))
                last = "rt\(number)"
            }
            _ = try await store.sweep(at: start + 2 * day, limit: 4)
            #expect(try await store.grant("g") != nil)
            _ = try await store.sweep(at: start + 2 * day, limit: 4)
            #expect(try await store.grant("g") == nil)
        }
    }

    private func fill(_ store: Store) async throws {
        let session = try await store.signIn("ann")
        try await store.issue(grant("g", from: session))
        #expect(try await store.finish(nil, with: code("unspent", of: grant("h", from: session)), at: start))
        try await store.keep(try pending("p"))
        try await store.revokeAccessToken(id: "revoked", until: start + 600, at: start)
        try await store.remember(
            Consent(subject: "id-ann", clientID: "app", scopes: ["openid"], resources: [], grantedAt: start))
        try await store.remember(browser: digest("b"), of: "id-ann", at: start)
        let link = OneTimeArtefact(kind: .setupLink, digest: digest("link"), binding: "", expiresAt: start + 60)
        try await store.keep(link, superseding: true)
        _ = try await store.count([ThrottleLane(key: "lane", limit: 1, window: 60)], at: start)
        #expect(
            try await store.remember(assertionID: "jti", of: "app", usableSince: start, until: start + 60) == .fresh)
        #expect(try await store.add(signingKey("k1", generation: 1)))
        #expect(try await store.bind(masterKeyFingerprint: "print"))
    }
}

import Foundation
import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: on the way to a provider and back")
struct UpstreamAttemptTests {
    private typealias Story = UpstreamStory

    private func take(
        _ name: String, to provider: String = "github", browser: String = "asking", in store: Store,
        at now: Instant = start
    ) async throws -> UpstreamTaking {
        try await store.take(state: digest(name), provider: provider, browser: digest(browser), at: now)
    }

    @Test("SO6: a state is good once, with all that was kept for it", arguments: StoreKind.allCases)
    func taken(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.signIn("ann")
            let link = UpstreamAttempt.Intent.link(accountID: "id-ann", sessionID: "s1")
            for attempt in [Story.attempt("a"), Story.attempt("b", to: "google", intent: link, query: "")] {
                try await store.keep(attempt)
                let name = attempt.provider == "github" ? "a" : "b"
                #expect(try await take(name, to: attempt.provider, in: store) == .taken(attempt))
                for _ in 1...2 {
                    #expect(try await take(name, to: attempt.provider, in: store) == .refused(.spent))
                }
            }
        }
    }

    @Test("SO6, SO7: another browser or provider spends nothing and is told no more", arguments: StoreKind.allCases)
    func others(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            try await store.keep(Story.attempt("a"))
            #expect(try await take("a", browser: "other", in: store) == .refused(.otherBrowser))
            #expect(try await take("a", to: "google", in: store) == .refused(.otherProvider))
            #expect(try await take("a", to: "GitHub", in: store) == .refused(.otherProvider))
            #expect(try await take("a", to: "google", browser: "other", in: store) == .refused(.otherBrowser))
            #expect(try await take("unknown", in: store) == .refused(.unknown))
            #expect(try await take("a", in: store) == .taken(Story.attempt("a")))
            #expect(try await take("a", browser: "other", in: store) == .refused(.otherBrowser))
            #expect(try await take("a", to: "google", in: store) == .refused(.otherProvider))
        }
    }

    @Test(
        "SO6, B042: good until the second before its end, and at its end no more",
        arguments: StoreKind.allCases, [-1, 0, 1] as [Int64])
    func lifetime(kind: StoreKind, after end: Int64) async throws {
        try await kind.withStore { store async throws in
            try await store.keep(Story.attempt("a"))
            let answer = try await take("a", in: store, at: start + UpstreamAttempt.lifetime + end)
            #expect(answer == (end < 0 ? .taken(Story.attempt("a")) : .refused(.expired)))
            #expect(try await take("a", in: store) == (end < 0 ? .refused(.spent) : .taken(Story.attempt("a"))))
        }
    }

    @Test(
        "SO6: of 20 that come back with one state at once, at two processes, one goes on", arguments: StoreKind.allCases
    )
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            try await first.keep(Story.attempt("a"))
            let count = try await winners(of: 20) { number in
                let store = number % 2 == 0 ? first : second
                switch try await take("a", in: store) {
                case .taken: return true
                case .refused(let fault):
                    #expect(fault == .spent)
                    return false
                }
            }
            #expect(count == 1)
        }
    }

    @Test("An answer without state is led where the newest attempt was to lead", arguments: StoreKind.allCases)
    func newest(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            func query(_ provider: String = "github", _ browser: String = "asking", at now: Instant = start)
                async throws -> String?
            {
                try await store.newestQuery(provider: provider, browser: digest(browser), at: now)
            }
            #expect(try await query() == nil)
            try await store.keep(Story.attempt("a", query: "?request=old"))
            try await store.keep(Story.attempt("b", query: "?request=new", at: start + 1))
            try await store.keep(Story.attempt("c", to: "google", query: "?request=google", at: start + 2))
            try await store.keep(Story.attempt("d", browser: "other", query: "?request=other", at: start + 3))
            #expect(try await query() == "?request=new")
            #expect(try await take("b", in: store) != .refused(.unknown))
            #expect(try await query() == "?request=new", "a spent one, too")
            #expect(try await query("google") == "?request=google")
            #expect(try await query("discord") == nil)
            #expect(try await query("github", "nobody") == nil)
            #expect(try await query(at: start + 601) == nil, "all are over")
        }
    }

    @Test("SO6: what is over is told apart for a while, and then swept away", arguments: StoreKind.allCases)
    func swept(kind: StoreKind) async throws {
        try await kind.withStore { store async throws in
            for name in ["spent", "unspent"] { try await store.keep(Story.attempt(name)) }
            #expect(try await take("spent", in: store) == .taken(Story.attempt("spent")))
            _ = try await store.sweep(at: start + 600 + 3599, limit: 100)
            #expect(try await take("unspent", in: store, at: start + 700) == .refused(.expired))
            _ = try await store.sweep(at: start + 600 + hour, limit: 100)
            #expect(try await take("unspent", in: store, at: start) == .refused(.unknown))
            #expect(try await take("spent", in: store, at: start) == .refused(.spent), "the clock was set back")
            _ = try await store.sweep(at: start + 600 + day, limit: 100)
            #expect(try await take("spent", in: store, at: start) == .refused(.unknown))
        }
    }

    @Test(
        "SO8, SO11: one identity waits in a browser, for a while, and never its tokens", arguments: StoreKind.allCases)
    func pending(kind: StoreKind) async throws {
        try await kind.withDatabase { database async throws in
            let store = try await database.open()
            var full = try Story.identity("1")
            full.name = "Ann Example"
            full.givenName = "Ann"
            full.familyName = "Example"
            let bare = UpstreamIdentity("facebook", subject: "2")
            for (identity, need) in [(bare, PendingIdentity.Need.address), (full, .account)] {
                var withTokens = identity
                withTokens.tokens = Array("planted-token".utf8)
                try await store.keep(Story.pending(withTokens, need: need))
                let pending = try await store.pendingIdentity(of: digest("asking"), at: start)
                #expect(pending == Story.pending(identity, need: need))
            }
            #expect(try await store.pendingIdentity(of: digest("other"), at: start) == nil)
            let end = start + PendingIdentity.lifetime
            #expect(try await store.pendingIdentity(of: digest("asking"), at: end + -1) != nil)
            #expect(try await store.pendingIdentity(of: digest("asking"), at: end) == nil)
            #expect(try await database.dump().range(of: Data("planted-token".utf8)) == nil)
            _ = try await store.sweep(at: end, limit: 100)
            #expect(try await store.pendingIdentity(of: digest("asking"), at: start) == nil)
            await store.close()
        }
    }
}

import Identity
import OAuth
import Storage
import Testing

@Suite("StoreContract: ending sessions")
struct SessionEndTests {
    @Test(
        "SE5, TK14: signing out kills the session and its grants at once, in every process, but no offline one",
        arguments: StoreKind.allCases)
    func end(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let ann = try await first.signIn("ann")
            let other = try await first.signIn("ann", session: "s2")
            let online = grant("g1", from: ann)
            let offline = grant("g2", from: ann, isOffline: true)
            let elsewhere = grant("g3", from: other)
            for given in [online, offline, elsewhere] { try await first.issue(given) }
            #expect(try await first.finish(nil, with: code("late", of: grant("g4", from: ann)), at: start))
            #expect(try await first.end(sessionID: "s1", of: "id-ann", at: start))
            #expect(try await second.session(ann.secret, at: start) == nil)
            #expect(try await !second.isAlive(online))
            #expect(try await !second.redeem(digest("late"), issuing: KeptTokens(), at: start))
            #expect(try await second.isAlive(offline))
            #expect(try await second.isAlive(elsewhere))
            #expect(try await second.session(other.secret, at: start) != nil)
        }
    }

    @Test("Nobody ends a session of somebody else, or one that is not there", arguments: StoreKind.allCases)
    func refusals(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let ann = try await store.signIn("ann")
            let given = grant("g", from: ann)
            try await store.issue(given)
            #expect(try await !store.end(sessionID: "s1", of: "id-bob", at: start))
            #expect(try await !store.end(sessionID: "s9", of: "id-ann", at: start))
            #expect(try await !store.end(sessionID: "", of: "id-ann", at: start))
            #expect(try await store.session(ann.secret, at: start) != nil)
            #expect(try await store.isAlive(given))
            #expect(try await winners { _ in try await store.end(sessionID: "s1", of: "id-ann", at: start) } == 1)
        }
    }

    @Test("SE5: all sessions of a person end but the one that asks, and are counted", arguments: StoreKind.allCases)
    func endOthers(kind: StoreKind) async throws {
        try await kind.withStore { store in
            var grants: [Grant] = []
            for id in ["s1", "s2", "s3"] {
                grants.append(grant("g-\(id)", from: try await store.signIn("ann", session: id)))
            }
            grants.append(grant("offline", from: session("s2"), isOffline: true))
            grants.append(grant("g-bob", from: try await store.signIn("bob", session: "s4")))
            for given in grants { try await store.issue(given) }
            try await store.open(session("run out", until: 1), replacing: nil, for: nil, at: start)
            #expect(try await store.endOthers(than: kept(), at: start + 1) == 2)
            #expect(try await store.sessions(of: "id-ann", at: start + 1).map(\.id) == ["s1"])
            #expect(try await store.sessions(of: "id-bob", at: start + 1).map(\.id) == ["s4"])
            var alive: [String] = []
            for given in grants where try await store.isAlive(given, at: start + 1) { alive.append(given.id) }
            #expect(alive == ["g-s1", "offline", "g-bob"])
            #expect(try await store.endOthers(than: kept(), at: start + 1) == 0)
        }
    }

    @Test("The list holds a person's live sessions, latest first", arguments: StoreKind.allCases)
    func list(kind: StoreKind) async throws {
        try await kind.withStore { store in
            #expect(try await store.create(account("ann")))
            #expect(try await store.create(account("bob")))
            let opened = [
                session("early", seen: 1), session("late", seen: 9), session("dead", until: 5, seen: 20),
                session("bob's", of: "id-bob", seen: 30),
            ]
            for one in opened { try await store.open(one, replacing: nil, for: nil, at: start) }
            #expect(try await store.sessions(of: "id-ann", at: start + 5).map(\.id) == ["late", "early"])
            #expect(try await store.sessions(of: "id-ann", at: start + hour).isEmpty)
            #expect(try await store.sessions(of: "id-nobody", at: start).isEmpty)
        }
    }
}

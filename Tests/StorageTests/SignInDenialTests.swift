import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: “this was not me” (B094)")
struct SignInDenialTests {
    private func opened(
        _ id: String, of name: String = "ann", on browser: String, at now: Instant = start, _ store: Store
    ) async throws -> Session {
        if try await store.account(id: "id-\(name)") == nil { #expect(try await store.create(account(name))) }
        let made = Session(
            secret: digest("secret of \(id)"), id: id, subject: "id-\(name)", browser: digest(browser),
            authenticatedAt: now, methods: ["pwd"], level: "1", createdAt: now, lastSeenAt: now,
            idleUntil: now + day, expiresAt: now + day, device: "Firefox, Linux", address: "192.0.2.7")
        try await store.open(made, replacing: nil, for: nil, at: now)
        return made
    }

    /// The link of a notice of a session.
    private func link(of session: Session, _ store: Store) async throws {
        try await store.keep(
            OneTimeArtefact(
                kind: .signInDenial, digest: digest("link"), binding: DeniableSignIn(session).binding,
                expiresAt: start + 7 * day), superseding: false)
    }

    @Test(
        "Signing in once more with the browser that is known by then saves nothing: its sessions and grants end",
        arguments: StoreKind.allCases)
    func again(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let told = try await opened("s1", on: "thief", first)
            try await link(of: told, first)
            let untold = try await opened("s2", on: "thief", at: start + 60, second)
            let grants = [grant("g1", from: told, isOffline: true), grant("g2", from: untold, isOffline: true)]
            for one in grants { try await first.issue(one) }
            #expect(try await first.deniableSignIn(digest("link"), at: start + 90)?.sessions.map(\.id) == ["s2", "s1"])
            #expect(try await first.deniableSignIn(digest("link"), at: start + 90)?.session?.id == "s1")
            let denied = try #require(try await second.deny(digest("link"), at: start + 90))
            #expect(denied.sessions.count == 2)
            for one in [told, untold] { #expect(try await first.session(one.secret, at: start + 90) == nil) }
            for one in grants { #expect(try await !first.isAlive(one, at: start + 90)) }
            #expect(try await !first.isKnown(browser: digest("thief"), of: "id-ann"))
            #expect(try await second.deny(digest("link"), at: start + 90) == nil)
        }
    }

    @Test(
        "Access that a session has left behind ends too, when it was given since; whose session it was is not to be told",
        arguments: StoreKind.allCases)
    func leftBehind(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let told = try await opened("s1", on: "thief", store)
            try await link(of: told, store)
            let untold = try await opened("s2", on: "thief", store)
            let given = grant("g", from: untold, isOffline: true)
            try await store.issue(given)
            for one in [told, untold] { _ = try await store.end(sessionID: one.id, of: "id-ann", at: start + 1) }
            #expect(try await store.isAlive(given, at: start + 1))
            #expect(try await store.deny(digest("link"), at: start + 2)?.sessions == [])
            #expect(try await !store.isAlive(given, at: start + 2))
            #expect(try await !store.isKnown(browser: digest("thief"), of: "id-ann"))
        }
    }

    @Test(
        "The person's other browsers, somebody else on the same one, and what was given before stay",
        arguments: StoreKind.allCases)
    func others(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let own = try await opened("own", on: "own", store)
            let bobs = try await opened("bobs", of: "bob", on: "thief", store)
            let gone = try await opened("gone", on: "own", store)
            let kept = [
                grant("g1", from: own), grant("g2", from: bobs), grant("g3", from: gone, isOffline: true),
            ]
            for one in kept { try await store.issue(one) }
            _ = try await store.end(sessionID: "gone", of: "id-ann", at: start)
            let told = try await opened("s1", on: "thief", at: start + 9, store)
            try await link(of: told, store)
            #expect(try await store.deny(digest("link"), at: start + 10)?.sessions.map(\.id) == ["s1"])
            for one in kept { #expect(try await store.isAlive(one, at: start + 10), "\(one.id)") }
            for one in [own, bobs] { #expect(try await store.session(one.secret, at: start + 10) != nil) }
            #expect(try await store.isKnown(browser: digest("own"), of: "id-ann"))
            #expect(try await store.isKnown(browser: digest("thief"), of: "id-bob"))
        }
    }

    @Test(
        "A link that is bound to nothing readable is none", arguments: StoreKind.allCases,
        ["", "id-ann", "id-ann s1", "id-ann s1 zz 1", "id-ann s1 00 x", "id-ann s1 00 1 2", "id-ann  s1 00 1"])
    func unreadable(kind: StoreKind, binding: String) async throws {
        try await kind.withStore { store in
            let session = try await store.signIn("ann")
            try await store.keep(
                OneTimeArtefact(kind: .signInDenial, digest: digest("x"), binding: binding, expiresAt: start + day),
                superseding: false)
            #expect(try await store.deniableSignIn(digest("x"), at: start) == nil)
            #expect(try await store.deny(digest("x"), at: start) == nil)
            #expect(try await store.session(session.secret, at: start) != nil)
        }
    }
}
